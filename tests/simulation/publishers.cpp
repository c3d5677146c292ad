#include "tests/simulation/publishers.hpp"

#include "actors/room/requests.hpp"

#include <algorithm>

namespace simulation {

using namespace std::chrono_literals;

publishers::publishers(cluster& world, chance& random, trace& log,
                       truth& checks, std::size_t count)
    : world_(world), chance_(random), trace_(log), truth_(checks) {
  for (std::size_t i = 0; i < count; ++i)
    clients_.push_back(std::make_unique<client>());
}

std::shared_ptr<publishers::publication>
publishers::make(const std::string& room) {
  auto result = std::make_shared<publication>();
  result->room = room;
  result->data = "p" + std::to_string(++last_publication_);
  result->begun = world_.now();
  return result;
}

void publishers::act() {
  for (auto& x : clients_) {
    if (x->due > world_.now())
      continue;
    if (!x->current && !stopped_)
      x->current = make(chance_.any(world_.how().rooms));
    if (x->current)
      send(*x);
  }
  if (chance_.one_in(32))
    check_answers();
}

void publishers::publish_everywhere() {
  for (const auto& room : world_.how().rooms) {
    auto& x = *clients_.emplace_back(std::make_unique<client>());
    x.current = make(room);
  }
}

bool publishers::idle() const {
  return std::none_of(clients_.begin(), clients_.end(),
                      [](const auto& x) { return x->current != nullptr; });
}

void publishers::send(client& x) {
  const auto nodes = world_.working();
  if (nodes.empty()) {
    x.due = world_.now() + 100ms;
    return;
  }
  const auto i = chance_.any(nodes);
  auto& node = world_.at(i);
  auto request = actors::request_to(x.current->room);
  auto& body = *request->mutable_publish();
  body.set_data(x.current->data);
  body.set_idempotency_key(x.current->data);
  // It may lose patience with this one.
  x.due = world_.now() + milliseconds{chance_.between(300, 5'000)};
  ++attempts_;
  trace_.note("publish", x.current->room, x.current->data, i + 1);
  const auto number = ++last_question_;
  open_.emplace(number,
                question{i, world_.start_of(i),
                         node.lane().now() + 4 * world_.how().request_timeout,
                         x.current->data});
  // What it passes on may be answered by another that was the home before it.
  const bool own = node.claims(x.current->room);
  node.clients().ask(node.shard_of(x.current->room), std::move(request),
                     [this, number, &x, i, own, publication = x.current](
                         const actors::room_answer& answer) {
                       open_.erase(number);
                       if (own)
                         check_right(*publication, answer, i);
                       on_answer(publication, x, answer);
                     });
}

void publishers::check_right(const publication& x,
                             const actors::room_answer& answer,
                             std::size_t home) {
  if (answer.reply->has_published() && world_.lives(home)
      && world_.at(home).acknowledges_without_right(x.room))
    truth_.fail("I4", world_.name(home) + " acknowledges '" + x.data
                          + "' alone and without a lease");
}

void publishers::on_answer(const std::shared_ptr<publication>& x, client& by,
                           const actors::room_answer& answer) {
  if (answer.reply->has_published()) {
    const auto& at = answer.reply->published();
    truth_.acknowledged(x->room, {at.epoch(), at.offset()}, x->data,
                        world_.how().is_replicated(x->room)
                            && !world_.how().reckless);
    if (!std::exchange(x->acknowledged, true))
      ++acknowledged_;
    if (by.current == x) {
      by.current = nullptr;
      by.due = world_.now() + milliseconds{chance_.between(1, 120)};
    }
    return;
  }
  trace_.note("refused", x->room, answer.reply->error().message());
  if (!actors::is_error(answer) || !proto::temporary(actors::error_of(answer)))
    truth_.fail("answers", "'" + x->data + "' is refused for good: "
                               + answer.reply->ShortDebugString());
  if (by.current == x)
    by.due = world_.now() + milliseconds{chance_.between(5, 250)};
}

void publishers::check_answers() {
  std::erase_if(open_, [&](const auto& x) {
    const auto& [number, question] = x;
    if (world_.start_of(question.node) != question.start)
      return true;
    if (!world_.paused(question.node) && world_.caught_up(question.node)
        && world_.at(question.node).lane().now() > question.deadline)
      truth_.fail("I5", world_.name(question.node)
                            + " does not answer the publisher of '"
                            + question.data + "'");
    return false;
  });
}

} // namespace simulation
