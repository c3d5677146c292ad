#include "cluster-config/option_table.hpp"

namespace config {

using namespace std::chrono_literals;

namespace {

/// The keys of a listener's certificate.
template <class Section>
void add_tls(section_options<node_config, Section>& out) {
  out.add("tls_certificate", &tls_files::tls_certificate,
          text("a PEM file, or \"\""),
          "PEM file with the certificate and its chain; turns TLS on. Goes with"
          " `tls_key`.")
      .add("tls_key", &tls_files::tls_key, text("a PEM file, or \"\""),
           "PEM file with the private key of `tls_certificate`.");
}

void add_node(node_option_list& out) {
  section_options<node_config, node_section>{
      out, "node.",
      [](node_config& c) -> node_section& {
        return c.node;
      }}
      .add("name", &node_section::name, identifier(true),
           "Name of the node, unique in the cluster. Empty: the host name.")
      .add("roles", &node_section::roles, roles(),
           "What the node does: `gateway` serves clients and rooms,"
           " `coordinator` decides which node holds what and takes admin"
           " commands. A node without [cluster] does both.")
      .add("lanes", &node_section::lanes, integer(0, 1024),
           "Threads that serve clients and rooms. 0: one for each core.")
      .add("socket_writes", &node_section::socket_writes,
           choice<socket_writes>(
               {{"", socket_writes::any}, {"epoll", socket_writes::epoll}}),
           "How frames are written to clients. Empty: by io_uring, which takes"
           " one system call for many sockets, and where the kernel refuses it"
           " one by one; `epoll`: always one by one.");
}

void add_http(node_option_list& out) {
  section_options<node_config, http_section> http{
      out, "http.", [](node_config& c) -> http_section& {
        return c.http;
      }};
  http.add("listen", &http_section::listen, listen_addresses(),
           "Where clients connect, at one address or several, which share all"
           " limits and keys of this section. Port 0: the kernel picks one."
           " `unix:PATH` is a socket in the file system, for a balancer on the"
           " same machine: the umask of the process says who may connect, a"
           " file that an earlier process left is replaced, and it goes with"
           " this process. At most 107 bytes of path.");
  add_tls(http);
  http.add("allowed_origins", &http_section::allowed_origins, origins(),
           "Web pages that may connect, by the origin that browsers send. `*`"
           " allows all; `https://*.example.com` allows every host under"
           " example.com. Empty: only pages of the host that is connected to."
           " Clients that send no Origin header are not concerned. `null` and"
           " `file://` are what browsers send for pages without a host.")
      .add(
          "trusted_proxies", &http_section::trusted_proxies, proxies(),
          "Load balancers and proxies in front. From these, X-Forwarded-For,"
          " Forwarded or X-Real-IP says the address of a client: it is in"
          " listings and logs, and limits for each address count it. `unix:` is"
          " whoever connects over a unix socket.")
      .add("proxy_protocol", &http_section::proxy_protocol, boolean(),
           "Whether each connection begins with a header of the PROXY protocol,"
           " version 1 or 2, which says the address of the client. Where"
           " `trusted_proxies` has some, nobody else may connect then.")
      .add("transports", &http_section::transports, transports(),
           "How clients may connect, at `/connection/` and the name.")
      .add("poll_wait", &http_section::poll_wait, time(100ms, 1min),
           "How long a request of long polling waits for something to answer;"
           " less than the time that a proxy in front waits. A session that is"
           " 5 s longer without one ends.")
      .add("demo_page", &http_section::demo_page, boolean(),
           "Whether `/` serves the demo page. It gives anybody a token for the"
           " rooms that start with `demo:`, which a namespace `demo` describes,"
           " and for no others.")
      .add("max_header_bytes", &http_section::max_header_bytes,
           bytes(1 * kibibyte, 1 * mebibyte),
           "Size of a request's first line and headers; above it the answer is"
           " 431.")
      .add("idle_timeout", &http_section::idle_timeout, time(100ms, 1h),
           "An HTTP connection without a request for as long is closed; also at"
           " the internal address. More than the idle time of a balancer in"
           " front, so that it is the one that closes.")
      .add("connections_per_address", &http_section::connections_per_address,
           integer(0, many),
           "Sockets that one address may have; above it the answer is 503. An"
           " address is an IPv4 address or the /64 of an IPv6 address, as the"
           " socket has it: a load balancer, or everybody behind one NAT, is"
           " one, as is everybody who connects over unix sockets. Where"
           " `trusted_proxies` or `proxy_protocol` says the client's address,"
           " that one counts. A session of long polling"
           " counts as one more. 0: no limit.")
      .add("connection_rate_per_address",
           &http_section::connection_rate_per_address, integer(0, many),
           "New sockets a second that one address may open, and as many at"
           " once; above it the answer is 503. A session of long polling counts"
           " as one more. 0: no limit.");
  section_options<node_config, internal_section> internal{
      out, "internal.", [](node_config& c) -> internal_section& {
        return c.internal;
      }};
  internal.add("listen", &internal_section::listen, listen_addresses(),
               "Where backends, admins and monitoring connect, as `listen` of"
               " [http].");
  add_tls(internal);
}

void add_keys(node_option_list& out) {
  section_options<node_config, api_section>{out, "api.",
                                            [](node_config& c) -> api_section& {
                                              return c.api;
                                            }}
      .add("key", &api_section::key, secret_text(),
           "What backends send as `X-API-Key`. Empty: nobody gets in.")
      .add("insecure", &api_section::insecure, boolean(),
           "Lets everybody in without key. For development only.")
      .add("max_body", &api_section::max_body,
           bytes(1 * kibibyte, 256 * mebibyte),
           "Size of a request's body; above it the answer is 413.")
      .add("read_bytes_per_second", &api_section::read_bytes_per_second,
           bytes(0, 1024 * mebibyte),
           "What all with the key may read of histories, presence and lists of"
           " channels a second at one node: their bytes, and 256 for each"
           " publication and channel, 1,024 for each member. Beyond, commands"
           " that read wait, and get error 111 after 4 seconds. 0: no limit.");
  section_options<node_config, admin_section>{
      out, "admin.",
      [](node_config& c) -> admin_section& {
        return c.admin;
      }}
      .add("key", &admin_section::key, secret_text(),
           "What `roost ctl` proves itself with. Empty: nobody gets in.");
}

void add_websocket(node_option_list& out) {
  section_options<node_config, websocket_section>{
      out, "websocket.",
      [](node_config& c) -> websocket_section& {
        return c.websocket;
      }}
      .add("message_size_limit", &websocket_section::message_size_limit,
           bytes(1 * kibibyte, 64 * mebibyte),
           "Size of a message from a client, and of each command in it; above"
           " it the connection ends with 1009. Before connect it is at most"
           " 64KiB.")
      .add("write_timeout", &websocket_section::write_timeout, time(10ms, 5min),
           "A client that takes none of what is sent for as long is cut.")
      .add("handshake_timeout", &websocket_section::handshake_timeout,
           time(10ms, 5min),
           "Time from accept to the end of the upgrade, TLS included.")
      .add("compression", &websocket_section::compression, boolean(),
           "Whether clients that offer permessage-deflate get it. A publication"
           " is compressed once for all members of a room; a connection that is"
           " silent costs no more.")
      .add("compression_level", &websocket_section::compression_level,
           integer(1, 9), "From 1, the fastest, to 9, the smallest.")
      .add("compression_min_size", &websocket_section::compression_min_size,
           bytes(0, 1 * mebibyte), "Smaller messages go plain.");
}

void add_process(node_option_list& out) {
  section_options<node_config, log_section>{out, "log.",
                                            [](node_config& c) -> log_section& {
                                              return c.log;
                                            }}
      .add("level", &log_section::level,
           choice<log_level>({{"trace", log_level::trace},
                              {"debug", log_level::debug},
                              {"info", log_level::info},
                              {"warn", log_level::warn},
                              {"error", log_level::error}}),
           "The least important lines that are written.")
      .add("format", &log_section::format,
           choice<log_format>(
               {{"text", log_format::text}, {"json", log_format::json}}),
           "`json` writes one object a line.");
  section_options<node_config, shutdown_section>{
      out, "shutdown.",
      [](node_config& c) -> shutdown_section& {
        return c.shutdown;
      }}
      .add("spread", &shutdown_section::spread, time(0s, 1h),
           "Time over which clients are told to connect elsewhere, so that they"
           " do not all come at once. At most `timeout`.")
      .add("timeout", &shutdown_section::timeout, time(0s, 24h),
           "After this time a stopping node ends whatever is left.");
  section_options<node_config, metrics_section>{
      out, "metrics.",
      [](node_config& c) -> metrics_section& {
        return c.metrics;
      }}
      .add("enabled", &metrics_section::enabled, boolean(),
           "Whether the internal address has `/metrics`.");
}

} // namespace

void add_server_options(node_option_list& out) {
  add_node(out);
  add_http(out);
  add_keys(out);
  add_websocket(out);
  add_process(out);
}

} // namespace config
