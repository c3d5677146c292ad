#pragma once

#include "actors/room/audience/subscriber.hpp"
#include "tests/simulation/cluster.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace simulation {

/// A client that follows a room: holds what it gets against I2 and I3, and
/// comes back from its last position when it was told that something is missing
/// or when its node has died.
class follower final : public actors::subscriber {
public:
  follower(cluster& world, chance& random, trace& log, truth& checks,
           std::string name, std::string room)
      : world_(world), chance_(random), trace_(log), truth_(checks),
        name_(std::move(name)), room_(std::move(room)) {}

  /// To be called after each step.
  void act();

  /// Leaves no more for no reason.
  void stay() { stays_ = true; }

  const std::string& room() const { return room_; }
  const std::string& name() const { return name_; }
  const place& position() const { return at_; }
  bool follows() const { return state_ == state::in; }
  std::uint64_t losses() const { return losses_; }
  /// Homes of another time that it found behind its position.
  std::uint64_t stale() const { return stale_; }

  proto::wire_format format() const override {
    return proto::wire_format::protobuf;
  }
  void deliver(const proto::frame_ptr& push) override;
  bool has_room_for(std::size_t bytes) override;
  void lost_continuity(const std::string& room) override;

private:
  enum class state { out, asking, in };

  void subscribe();
  void on_outcome(actors::subscribe_outcome outcome);
  void take(std::uint64_t offset, const std::string& data);
  void go_out(std::int64_t least, std::int64_t most);

  cluster& world_;
  chance& chance_;
  trace& trace_;
  truth& truth_;
  std::string name_;
  std::string room_;
  state state_ = state::out;
  std::size_t node_ = 0;
  std::uint64_t start_ = 0; ///< Of the node.
  std::uint64_t attempt_ = 0;
  actors::lane::clock::time_point deadline_; ///< For an outcome.
  bool stays_ = false;
  bool full_ = false;   ///< It had no room for a page.
  milliseconds due_{0}; ///< While out.
  place at_;            ///< Empty epoch: none yet.
  std::uint64_t losses_ = 0;
  std::uint64_t stale_ = 0;
  bool asked_old_home_ = false; ///< As its node knew then.
};

} // namespace simulation
