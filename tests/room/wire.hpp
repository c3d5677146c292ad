#pragma once

#include "actors/lane/lane_actor.hpp"
#include "actors/messages.hpp"
#include "actors/room/requests.hpp"
#include "actors/room/room_directory.hpp"

#include <caf/allowed_unsafe_message_type.hpp>
#include <caf/response_promise.hpp>

#include <map>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace room_test {

// What two ends of a wire say to each other; `epoch` names a connection.
struct wire_message {
  std::uint64_t epoch = 0;
  std::uint64_t id = 0;
  // One of these is set.
  std::shared_ptr<roost::link::RoomRequest> request;
  std::shared_ptr<roost::link::RoomReply> reply;
  std::shared_ptr<roost::link::ShardRequest> shard_request;
  std::shared_ptr<roost::link::ShardReply> shard_reply;
  std::shared_ptr<const actors::shard_requests> shard_requests;
  std::shared_ptr<roost::link::ShardReplies> shard_replies;
  std::shared_ptr<const actors::room_events> events;
  std::uint64_t lanes = 0;
};

struct wire_peer {
  caf::actor end;
};

} // namespace room_test

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(room_test::wire_message)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(room_test::wire_peer)

namespace room_test {

/// What both ends of a wire and the test know of it.
struct wire_state {
  bool up = true;
  std::uint64_t epoch = 1;
  int drop_events = 0; ///< So many batches more are lost, with a gap after.
  int drop_replies = 0;
  int drop_shard_replies = 0;

  /// What a courier sent together.
  struct load {
    std::size_t requests = 0;
    std::size_t bytes = 0;
  };
  std::vector<load> loads;

  std::size_t room_reply_bytes = 0; ///< That went over it.
};

/// What an end of a wire is at home with.
struct wire_home {
  std::string peer; ///< Name of the node at the other end.
  const actors::room_directory* directory = nullptr;
  const std::vector<caf::actor>* audiences = nullptr;
  caf::actor courier;
};

/// Stands in for a link: the same promises, without sockets and bytes. What
/// goes in comes out in order, and once; a cut answers what is open with a
/// temporary error; what is lost of the events leaves a gap mark.
class wire_end final : public actors::lane_actor {
public:
  wire_end(caf::actor_config& cfg, wire_home home,
           std::shared_ptr<wire_state> state)
      : lane_actor(cfg), home_(std::move(home)), state_(std::move(state)) {}

  const char* name() const override { return "wire_end"; }

  caf::behavior make_behavior() override {
    return {
        [this](const wire_peer& x) { peer_ = x.end; },
        [this](const actors::ask_room& x) {
          auto promise = make_response_promise();
          if (!state_->up) {
            promise.deliver(actors::refused(proto::errc::internal));
            return promise;
          }
          wire_message out;
          out.request = std::make_shared<roost::link::RoomRequest>(*x.request);
          out.id = ++last_id_;
          open_[out.id] = promise;
          put(std::move(out));
          return promise;
        },
        [this](const actors::ask_shard& x) {
          auto promise = make_response_promise();
          if (!state_->up) {
            promise.deliver(temporary_error());
            return promise;
          }
          wire_message out;
          out.shard_request = x.request;
          out.id = ++last_id_;
          open_shard_[out.id] = promise;
          put(std::move(out));
          return promise;
        },
        [this](const actors::ask_shards& x) {
          auto promise = make_response_promise();
          if (!state_->up) {
            promise.deliver(temporary_errors());
            return promise;
          }
          wire_message out;
          out.shard_requests = x.requests;
          state_->loads.push_back({x.requests->size(), 0});
          for (const auto& request : *x.requests)
            state_->loads.back().bytes += request->ByteSizeLong();
          out.id = ++last_id_;
          open_shards_[out.id] = promise;
          put(std::move(out));
          return promise;
        },
        [this](const actors::deliver_remote& x) { put_events(x); },
        [this](const wire_message& x) {
          if (state_->up && x.epoch == state_->epoch)
            take(x);
        },
    };
  }

  void on_exit() override {
    fail_open();
    peer_ = nullptr;
  }

  /// Answers what is open; call on both ends after a cut.
  void fail_open() {
    for (auto& [id, promise] : std::exchange(open_, {}))
      promise.deliver(actors::refused(proto::errc::internal));
    for (auto& [id, promise] : std::exchange(open_shard_, {}))
      promise.deliver(temporary_error());
    for (auto& [id, promise] : std::exchange(open_shards_, {}))
      promise.deliver(temporary_errors());
    gaps_.clear();
  }

  /// Tells of gaps that no later event told of.
  void tell_gaps() {
    for (const auto& [room, lanes] : std::exchange(gaps_, {})) {
      auto events = std::make_shared<actors::room_events>();
      events->room = room;
      events->gap = true;
      wire_message out;
      out.events = std::move(events);
      out.lanes = lanes;
      put(std::move(out));
    }
  }

private:
  static actors::shard_answer temporary_error() {
    actors::shard_answer result{std::make_shared<roost::link::ShardReply>()};
    result.reply->mutable_error()->set_code(
        static_cast<std::uint32_t>(proto::errc::internal));
    return result;
  }

  static actors::shards_answer temporary_errors() {
    return {std::make_shared<roost::link::ShardReplies>(
        actors::error_reply<roost::link::ShardReplies>(proto::errc::internal))};
  }

  void put(wire_message x) {
    x.epoch = state_->epoch;
    send(peer_, std::move(x));
  }

  void put_events(const actors::deliver_remote& x) {
    if (!state_->up)
      return;
    if (state_->drop_events > 0) {
      --state_->drop_events;
      gaps_[x.events->room] |= x.lanes;
      return;
    }
    wire_message out;
    out.events = x.events;
    out.lanes = x.lanes;
    const auto gap = gaps_.find(x.events->room);
    if (gap != gaps_.end()) {
      auto marked = std::make_shared<actors::room_events>(*x.events);
      marked->gap = true;
      out.events = std::move(marked);
      out.lanes |= gap->second;
      gaps_.erase(gap);
    }
    put(std::move(out));
  }

  void take(const wire_message& x) {
    if (x.request)
      return take_request(x);
    if (x.shard_request)
      return take_shard_request(x);
    if (x.shard_requests)
      return take_shard_requests(x);
    if (x.events)
      return take_events(x);
    if (x.reply) {
      if (state_->drop_replies > 0) {
        --state_->drop_replies;
        return answer(open_, x.id, actors::refused(proto::errc::internal));
      }
      return answer(open_, x.id, actors::room_answer{x.reply});
    }
    if (state_->drop_shard_replies > 0) {
      --state_->drop_shard_replies;
      answer(open_shards_, x.id, temporary_errors());
      return answer(open_shard_, x.id, temporary_error());
    }
    if (x.shard_replies)
      return answer(open_shards_, x.id, actors::shards_answer{x.shard_replies});
    answer(open_shard_, x.id, actors::shard_answer{x.shard_reply});
  }

  void take_request(const wire_message& x) {
    auto request_of_peer =
        std::make_shared<roost::link::RoomRequest>(*x.request);
    request_of_peer->set_origin(home_.peer);
    request((*home_.directory)[request_of_peer->room()], caf::infinite,
            actors::ask_room{request_of_peer})
        .then([this, id = x.id, epoch = x.epoch](const actors::room_answer& a) {
          wire_message out;
          out.id = id;
          out.reply = std::make_shared<roost::link::RoomReply>(*a.reply);
          state_->room_reply_bytes += out.reply->ByteSizeLong();
          if (state_->up && state_->epoch == epoch)
            put(std::move(out));
        });
  }

  void take_shard_request(const wire_message& x) {
    request(home_.directory->shards().at(x.shard_request->shard()),
            caf::infinite, actors::ask_shard{x.shard_request})
        .then(
            [this, id = x.id, epoch = x.epoch](const actors::shard_answer& a) {
              wire_message out;
              out.id = id;
              out.shard_reply = a.reply;
              if (state_->up && state_->epoch == epoch)
                put(std::move(out));
            });
  }

  void take_shard_requests(const wire_message& x) {
    request(home_.courier, caf::infinite, actors::ask_shards{x.shard_requests})
        .then(
            [this, id = x.id, epoch = x.epoch](const actors::shards_answer& a) {
              wire_message out;
              out.id = id;
              out.shard_replies = a.replies;
              if (state_->up && state_->epoch == epoch)
                put(std::move(out));
            });
  }

  void take_events(const wire_message& x) {
    for (std::size_t i = 0; i < home_.audiences->size(); ++i)
      if ((x.lanes >> i & 1) != 0)
        send((*home_.audiences)[i], actors::deliver_events{x.events});
  }

  template <class Answer>
  void answer(std::map<std::uint64_t, caf::response_promise>& open,
              std::uint64_t id, Answer x) {
    const auto i = open.find(id);
    if (i == open.end())
      return;
    auto promise = std::move(i->second);
    open.erase(i);
    promise.deliver(std::move(x));
  }

  wire_home home_;
  std::shared_ptr<wire_state> state_;
  caf::actor peer_;
  std::uint64_t last_id_ = 0;
  std::map<std::uint64_t, caf::response_promise> open_;
  std::map<std::uint64_t, caf::response_promise> open_shard_;
  std::map<std::uint64_t, caf::response_promise> open_shards_;
  std::map<std::string, std::uint64_t> gaps_;
};

} // namespace room_test
