#include "cluster-config/transport.hpp"
#include "net/metrics/metrics_page.hpp"
#include "tests/support/actor_test.hpp"

#include <gmock/gmock.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <regex>
#include <set>
#include <sstream>
#include <string>

namespace {

using testing::Contains;
using testing::HasSubstr;
using testing::IsEmpty;

using names = std::set<std::string>;

const std::filesystem::path root{ROOST_SOURCE_DIR};

std::string read(const std::filesystem::path& file) {
  std::ifstream in{file};
  EXPECT_TRUE(in) << file;
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

names lines_of(const std::string& text) {
  names lines;
  std::istringstream in{text};
  for (std::string line; std::getline(in, line);)
    lines.insert(line);
  return lines;
}

/// The page without its values, and a histogram's series as its count alone.
names shape_of(const std::string& page) {
  names shape;
  for (const auto& line : lines_of(page)) {
    if (line.starts_with('#'))
      shape.insert(line);
    else if (line.find("_bucket{") == line.npos
             && line.find("_seconds_sum") == line.npos)
      shape.insert(line.substr(0, line.rfind(' ')));
  }
  return shape;
}

/// What is in `a` and not in `b`.
names without(const names& a, const names& b) {
  names rest;
  std::ranges::set_difference(a, b, std::inserter(rest, rest.end()));
  return rest;
}

/// Every word of a file that may be the name of a metric.
names metrics_named_in(const std::filesystem::path& file) {
  static const std::regex name{"\\b(roost|centrifugo|process)_[a-z_]*[a-z]\\b"};
  const auto text = read(file);
  names found;
  for (std::sregex_iterator i{text.begin(), text.end(), name}, end; i != end;
       ++i)
    found.insert(i->str());
  return found;
}

/// A coordinator of a cluster with two lanes and a link to the node "far".
class metrics_page_test : public test_support::actor_test {
protected:
  metrics_page_test() : actor_test(2) {
    services.version = "1.2.3";
    node.services = &services;
    for (std::uint32_t i = 0; i < 2; ++i)
      node.lanes.push_back(std::make_unique<net::lane_gateway>(lane(i), false));
  }

  std::string page() const {
    return net::render_metrics({&node, &standing, &links, &peers});
  }

  names families() const {
    names found;
    for (const auto& line : lines_of(page()))
      if (line.starts_with("# TYPE "))
        found.insert(line.substr(7, line.find(' ', 7) - 7));
    return found;
  }

  actors::client_services services;
  net::gateway node;
  actors::coordinator_standing standing;
  actors::link_registry links;
  std::shared_ptr<actors::link_metrics> link = links.add("far");
  net::peer::peer_metrics peers;
};

// Dashboards and alerts of users stand on these names.
TEST_F(metrics_page_test, keeps_its_names_helps_and_labels) {
  const auto golden =
      lines_of(read(root / "tests/net/metrics/metrics_page.golden"));
  const auto shape = shape_of(page());
  EXPECT_THAT(without(golden, shape), IsEmpty()) << "are gone";
  EXPECT_THAT(without(shape, golden), IsEmpty()) << "are new";
}

TEST_F(metrics_page_test, has_every_name_that_docs_alerts_and_dashboard_use) {
  const auto known = families();
  for (auto* file :
       {"docs/operations.md", "cluster-config/prometheus/alerts.yml",
        "cluster-config/grafana/roost.json"}) {
    const auto used = metrics_named_in(root / file);
    EXPECT_FALSE(used.empty()) << file;
    for (auto name : used) {
      if (name.ends_with("_seconds_bucket"))
        name.resize(name.size() - std::string{"_bucket"}.size());
      EXPECT_TRUE(known.contains(name)) << file << " uses " << name;
    }
  }
}

TEST_F(metrics_page_test, adds_up_its_lanes) {
  lane(0).metrics().clients.add(2);
  lane(1).metrics().clients.add(3);
  lane(0).metrics().joins_delivered.add(4);
  const auto lines = lines_of(page());
  EXPECT_THAT(lines, Contains("centrifugo_node_num_clients 5"));
  EXPECT_THAT(lines, Contains("centrifugo_transport_messages_sent{frame_type="
                              "\"push_join\"} 4"));
}

TEST_F(metrics_page_test, tells_transports_apart) {
  const auto at = static_cast<std::size_t>(config::transport::uni_sse);
  lane(0).metrics().transports[at].open.add(2);
  lane(1).metrics().transports[at].open.add(1);
  const auto lines = lines_of(page());
  EXPECT_THAT(lines, Contains("centrifugo_client_connections_inflight{"
                              "transport=\"uni_sse\"} 3"));
  EXPECT_THAT(lines, Contains("centrifugo_client_connections_inflight{"
                              "transport=\"websocket\"} 0"));
}

TEST_F(metrics_page_test, counts_each_link_by_its_peer) {
  auto other = links.add("farther");
  link->bytes_sent.add(70);
  link->round_trip_ns = 1'500'000;
  other->bytes_sent.add(80);
  const auto lines = lines_of(page());
  EXPECT_THAT(lines, Contains("roost_link_bytes_sent_total{peer=\"far\"} 70"));
  EXPECT_THAT(lines,
              Contains("roost_link_bytes_sent_total{peer=\"farther\"} 80"));
  EXPECT_THAT(lines,
              Contains("roost_link_round_trip_seconds{peer=\"far\"} 0.0015"));
}

TEST_F(metrics_page_test, has_no_links_on_a_node_that_is_alone) {
  const auto alone = net::render_metrics({.node = &node});
  EXPECT_THAT(alone, HasSubstr("centrifugo_node_num_clients"));
  EXPECT_THAT(alone, Not(HasSubstr("roost_link_")));
  EXPECT_THAT(alone, Not(HasSubstr("roost_peer_")));
  EXPECT_THAT(alone, Not(HasSubstr("roost_coordinator_")));
}

} // namespace
