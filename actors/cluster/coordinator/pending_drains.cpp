#include "actors/cluster/coordinator/pending_drains.hpp"

#include "actors/room/requests.hpp"
#include "actors/room/view_reader.hpp"

#include <utility>

namespace actors {

namespace {

bool holds(const roost::link::View& view, const roost::link::Drain& order) {
  return view_reader{view}.is_drained(order.node()) != order.undo();
}

node_answer unknown() {
  return no_answer("the coordinators did not decide in time; what holds is in"
                   " the next view");
}

} // namespace

void pending_drains::add(promise who, roost::link::Drain order,
                         std::uint64_t number) {
  waiting_.push_back({std::move(who), std::move(order), number});
}

void pending_drains::decided(const roost::link::View& view) {
  std::erase_if(waiting_, [&view](waiting& x) {
    if (x.number > view.number())
      return false;
    if (holds(view, x.order)) {
      auto reply = std::make_shared<roost::link::NodeReply>();
      reply->mutable_decided()->set_view(view.number());
      x.who.deliver(node_answer{std::move(reply)});
    } else {
      x.who.deliver(unknown());
    }
    return true;
  });
}

void pending_drains::fail_all() {
  for (auto& x : std::exchange(waiting_, {}))
    x.who.deliver(unknown());
}

} // namespace actors
