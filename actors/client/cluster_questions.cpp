#include "actors/client/cluster_questions.hpp"

#include <utility>

namespace actors {

void cluster_questions::nodes(roost::link::NodeRequest request,
                              std::function<void(const node_replies&)> done) {
  survey question{
      std::make_shared<roost::link::NodeRequest>(std::move(request))};
  self_.request(services_.membership, caf::infinite, std::move(question))
      .then([done](const survey_result& x) { done(x.replies); },
            [done, node = services_.node](caf::error&) {
              done({{node, std::make_shared<roost::link::NodeReply>(
                               error_reply<roost::link::NodeReply>(
                                   proto::errc::internal))}});
            });
}

void cluster_questions::ask(const caf::actor& whom, const ask_node& question,
                            const on_node_reply& done) {
  self_.request(whom, caf::infinite, question)
      .then([done](const node_answer& x) { done(x.reply.get()); },
            [done](caf::error&) {
              const auto reply = error_reply<roost::link::NodeReply>(
                  proto::errc::internal, "the node stops");
              done(&reply);
            });
}

void cluster_questions::users_of(const std::string& node,
                                 roost::link::NodeRequest request,
                                 on_node_reply done) {
  if (node != services_.node)
    return another(node, std::move(request), std::move(done));
  ask(services_.users,
      {std::make_shared<const roost::link::NodeRequest>(std::move(request))},
      done);
}

void cluster_questions::another(const std::string& node,
                                roost::link::NodeRequest request,
                                on_node_reply done) {
  view([this, node, done = std::move(done),
        question = ask_node{std::make_shared<const roost::link::NodeRequest>(
            std::move(request))}](
           const std::shared_ptr<const cluster_view>& now) {
    if (now != nullptr)
      if (const auto at = now->links.find(node); at != now->links.end())
        return ask(at->second, question, done);
    done(nullptr);
  });
}

void cluster_questions::coordinators(
    roost::link::NodeRequest order,
    std::function<void(const roost::link::NodeReply&)> done) {
  ask_node question{
      std::make_shared<const roost::link::NodeRequest>(std::move(order))};
  self_.request(services_.membership, caf::infinite, std::move(question))
      .then([done](const node_answer& x) { done(*x.reply); },
            [done](caf::error&) {
              done(error_reply<roost::link::NodeReply>(proto::errc::internal,
                                                       "the node stops"));
            });
}

void cluster_questions::view(
    std::function<void(std::shared_ptr<const cluster_view>)> done) {
  self_.request(services_.membership, caf::infinite, get_view{})
      .then([done](const view_changed& x) { done(x.now); },
            [done](caf::error&) { done(nullptr); });
}

} // namespace actors
