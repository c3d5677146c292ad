#include "cluster-config/option_table.hpp"

namespace config {

using namespace std::chrono_literals;

namespace {

using options = channel_options;

template <class Target>
using channel_table = section_options<Target, channel_options>;

template <class Target>
void add_history(channel_table<Target>& out) {
  out.add("history_size", &options::history_size, integer(0, 1'000'000),
          "Publications kept in a room. 0: none. Goes with `history_ttl`.")
      .add("history_ttl", &options::history_ttl, time(0s, 87600h),
           "Age at which a publication is dropped.")
      .add("history_meta_ttl", &options::history_meta_ttl, time(1s, 87600h),
           "How long a room's position (epoch and offset) outlives its last"
           " publication.")
      .add(
          "replicas", &options::replicas, integer(0, 2),
          "Copies of each room on other nodes, as far as there are such nodes:"
          " a publication is confirmed when all have it, and outlives its home"
          " while one of them lives. Needs history. Left out: 1 with history, 0"
          " without.");
}

template <class Target>
void add_recovery(channel_table<Target>& out) {
  out.add("force_positioning", &options::force_positioning, boolean(),
          "Every subscription keeps its position and is told of a gap. Needs"
          " history.")
      .add("allow_positioning", &options::allow_positioning, boolean(),
           "Clients may ask for that. Needs history.")
      .add("force_recovery", &options::force_recovery, boolean(),
           "Every subscription gets what it missed after a reconnect. Needs"
           " history.")
      .add("allow_recovery", &options::allow_recovery, boolean(),
           "Clients may ask for that. Needs history.")
      .add("force_recovery_mode", &options::force_recovery_mode,
           choice<recovery_mode>({{"stream", recovery_mode::stream},
                                  {"cache", recovery_mode::cache}}),
           "`stream` gives all that was missed, `cache` the newest publication"
           " only.");
}

template <class Target>
void add_presence(channel_table<Target>& out) {
  out.add("presence", &options::presence, boolean(),
          "A room knows who is in it.")
      .add("join_leave", &options::join_leave, boolean(),
           "A room tells its subscribers who comes and goes.")
      .add("force_push_join_leave", &options::force_push_join_leave, boolean(),
           "Also those subscribers that did not ask for it.");
}

template <class Target>
void add_permissions(channel_table<Target>& out) {
  out.add("allow_subscribe_for_client", &options::allow_subscribe_for_client,
          boolean(), "Any user may subscribe without subscription token.")
      .add("allow_subscribe_for_anonymous",
           &options::allow_subscribe_for_anonymous, boolean(),
           "With `allow_subscribe_for_client`, so may connections without user"
           " id.")
      .add("allow_publish_for_client", &options::allow_publish_for_client,
           boolean(), "Any client may publish.")
      .add("allow_publish_for_subscriber",
           &options::allow_publish_for_subscriber, boolean(),
           "Who is subscribed may publish.")
      .add("allow_publish_for_anonymous", &options::allow_publish_for_anonymous,
           boolean(),
           "The two above hold for connections without user id, too.")
      .add("allow_presence_for_client", &options::allow_presence_for_client,
           boolean(), "Any client may ask who is in a room.")
      .add("allow_presence_for_subscriber",
           &options::allow_presence_for_subscriber, boolean(),
           "Who is subscribed may ask.")
      .add("allow_presence_for_anonymous",
           &options::allow_presence_for_anonymous, boolean(),
           "The two above hold for connections without user id, too.")
      .add("allow_history_for_client", &options::allow_history_for_client,
           boolean(), "Any client may read a room's history.")
      .add("allow_history_for_subscriber",
           &options::allow_history_for_subscriber, boolean(),
           "Who is subscribed may read it.")
      .add("allow_history_for_anonymous", &options::allow_history_for_anonymous,
           boolean(),
           "The two above hold for connections without user id, too.");
}

template <class Target>
void add_names(channel_table<Target>& out) {
  out.add("allow_user_limited_channels", &options::allow_user_limited_channels,
          boolean(),
          "A room named `NAME#USER1,USER2` admits the users that it lists.")
      .add("channel_regex", &options::channel_regex, pattern(),
           "Regular expression (ECMAScript) that the name of a room, after its"
           " namespace, must match; `^` and `$` anchor it. Empty: any ASCII"
           " name.")
      .add("publication_data_format", &options::publication_data_format,
           choice<data_format>({{"", data_format::any},
                                {"json", data_format::json},
                                {"binary", data_format::binary}}),
           "What publications may carry: `json` valid JSON only, `binary` any"
           " bytes. Empty: what the client's protocol can carry, but not"
           " nothing.")
      .add("binary_for_json", &options::binary_for_json,
           choice<binary_reading>({{"base64", binary_reading::base64},
                                   {"refuse", binary_reading::refuse}}),
           "What JSON clients get where `publication_data_format` is `binary`:"
           " what is no JSON as a base64 string with the tag `roost.encoding`,"
           " or no subscription (error 108).")
      .add("allow_channel_compaction", &options::allow_channel_compaction,
           boolean(),
           "Clients that understand it get a number in place of the room's name"
           " with each publication.")
      .add("allow_protobuf_channel_compaction",
           &options::allow_protobuf_channel_compaction, boolean(),
           "The same for clients that speak Protobuf. The Protobuf build of the"
           " npm client asks for it but then drops such publications; the other"
           " SDKs can do it.");
}

template <class Target>
void add_selections(channel_table<Target>& out) {
  out.add("allowed_delta_types", &options::allowed_delta_types, deltas(),
          "Clients may ask to get publications as what they change of the one"
          " before. See docs/delta-and-filters.md.")
      .add("delta_publish", &options::delta_publish, boolean(),
           "They get every publication in that way, not only those that the"
           " server API marks with `delta`.")
      .add("allow_tags_filter", &options::allow_tags_filter, boolean(),
           "Clients may ask for the publications with certain tags only.");
}

template <class Target>
void add_all(channel_table<Target>& out) {
  add_history(out);
  add_recovery(out);
  add_presence(out);
  add_permissions(out);
  add_names(out);
  add_selections(out);
}

} // namespace

void add_channel_options(node_option_list& out) {
  channel_table<node_config> table{out, "channel.without_namespace.",
                                   [](node_config& c) -> channel_options& {
                                     return c.channel.without_namespace;
                                   }};
  add_all(table);
}

const namespace_option_list& namespace_options() {
  static const namespace_option_list all = [] {
    namespace_option_list list;
    channel_table<channel_options> table{
        list, "", [](channel_options& x) -> channel_options& {
          return x;
        }};
    table.add("name", &options::name,
              text("2 or more letters, digits, '-', '_' and '.'"),
              "The namespace: what stands before the first ':' in the names of"
              " its rooms.");
    add_all(table);
    return list;
  }();
  return all;
}

} // namespace config
