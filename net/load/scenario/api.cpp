#include "net/load/api_request.hpp"
#include "net/load/errors.hpp"
#include "net/load/http_client.hpp"
#include "net/load/payload.hpp"
#include "net/load/progress.hpp"
#include "net/load/protocol/protocol.hpp"
#include "net/load/scenario/scenario.hpp"
#include "net/load/scenario/window.hpp"

#include <memory>
#include <string>
#include <vector>

namespace net::load {

namespace {

/// What is posted, and how often an answer says no.
class publisher {
public:
  publisher(const settings& with, const target& where)
      : settings_(with), where_(where), payload_(with.size),
        nchan_(with.protocol == "nchan") {
    if (!nchan_ && with.protocol != "roost")
      throw usage_error("The scenario api knows --protocol roost and nchan.");
    if (nchan_ && with.batch > 1)
      throw usage_error("Nchan has no batches.");
  }

  /// A request with as many publications as a batch has.
  std::string request() {
    std::string body;
    if (nchan_) {
      body = payload_.write(next());
    } else if (settings_.batch <= 1) {
      append_publish(body);
    } else {
      body = R"({"commands":[)";
      for (std::size_t i = 0; i < settings_.batch; ++i) {
        body += i == 0 ? R"({"publish":)" : R"(,{"publish":)";
        append_publish(body);
        body += '}';
      }
      body += settings_.parallel ? R"(],"parallel":true})" : "]}";
    }
    return post_request(where_, path(), settings_.api_key, body);
  }

private:
  stamp next() { return {0, number_++, now()}; }

  void append_publish(std::string& body) {
    const auto room = next_room(); // before the next number
    append_publish_request(room, payload_.write(next()), false, body);
  }

  /// The rooms in turn; with one, its name is that of the setting.
  std::string next_room() const {
    if (settings_.spread <= 1)
      return settings_.room;
    return settings_.room + "-" + std::to_string(number_ % settings_.spread);
  }

  std::string path() const {
    if (nchan_)
      return where_.path + "/pub/" + next_room();
    if (!where_.path.empty())
      return where_.path;
    return settings_.batch <= 1 ? "/api/publish" : "/api/batch";
  }

  const settings& settings_;
  const target& where_;
  payload_writer payload_;
  bool nchan_;
  std::uint64_t number_ = 0;
};

} // namespace

report run_api(const settings& with) {
  loop events{with.spin};
  const auto where = find_target(with.url, "http://");
  publisher posts{with, where};
  allow_connections(with.connections);

  meter progress_counts;
  histogram latency;
  std::uint64_t answers = 0;
  std::uint64_t refused = 0;
  std::string first_refusal;
  auto tell = [&](http_client& way, const http_answer& answer) {
    auto time = now();
    latency.record(time - way.sent_at);
    ++answers;
    progress_counts.record({}, time);
    if (answer.code / 100 != 2
        || answer.body.find(R"("error":)") != answer.body.npos) {
      if (refused++ == 0)
        first_refusal = std::to_string(answer.code) + " " + quote(answer.body);
    }
    way.send(posts.request());
  };
  std::vector<std::unique_ptr<http_client>> all;
  for (std::size_t i = 0; i < with.connections; ++i) {
    all.push_back(std::make_unique<http_client>(events, where, tell));
    all.back()->start(i);
    all.back()->send(posts.request());
  }

  progress_line progress{with, progress_counts};
  auto run_until = [&](std::uint64_t until) {
    for (auto time = now(); time < until; time = now()) {
      progress.at(time);
      events.run(until);
    }
  };
  run_until(now() + to_ns(with.warmup));
  latency.clear();
  const auto before = answers;
  cpu_window window{with};
  run_until(now() + to_ns(with.seconds));
  window.end();

  std::string failure;
  std::size_t failures = 0;
  for (const auto& way : all)
    if (!way->failure().empty() && failures++ == 0)
      failure = way->failure();
  if (answers == before)
    throw load_error("No request to " + with.url + " was answered"
                     + (failures > 0 ? ": " + failure : "") + ".");
  if (refused == answers)
    throw load_error("Every request was refused: " + first_refusal + ".");
  auto requests = static_cast<double>(answers - before);
  auto publications = requests * static_cast<double>(with.batch);
  report out;
  out.add("publications_per_second", "Publications",
          publications / window.seconds(), "/s");
  out.add("requests_per_second", "Requests", requests / window.seconds(), "/s");
  out.add("refused", "Refused", static_cast<double>(refused));
  out.add("disconnects", "Connections lost", static_cast<double>(failures));
  out.add_latency("latency", "Request", latency);
  window.add_to(out, publications, "publication");
  if (refused > 0)
    out.warn("The first refusal: " + first_refusal + ".");
  if (failures > 0)
    out.warn("The first connection was lost because " + failure + ".");
  return out;
}

} // namespace net::load
