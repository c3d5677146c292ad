#include "net/session/send_batch.hpp"

#include <spdlog/spdlog.h>

namespace net {

namespace {

/// With fewer sockets a system call each is as good.
constexpr std::size_t worth_a_ring = 4;

} // namespace

void send_batch::add(batched_sender& x) {
  if (!x.is_linked())
    waiting_.push_back(x);
  lane_.at_turn_end(*this, actors::turn_phase::sockets);
}

void send_batch::at_turn_end() {
  collect();
  if (participants_.empty())
    return;
  send();
  for (std::size_t i = 0; i < participants_.size(); ++i)
    participants_[i].who->on_sent(requests_[i].result);
  participants_.clear();
  buffers_.clear();
  requests_.clear();
}

void send_batch::collect() {
  while (!waiting_.empty()) {
    auto& sender = waiting_.front();
    waiting_.pop_front();
    auto hold = sender.hold(); // asking it may end it
    const auto first = buffers_.size();
    const auto socket = sender.gather(buffers_);
    if (socket < 0)
      continue;
    participants_.push_back({std::move(hold), &sender, first});
    requests_.push_back({.socket = socket,
                         .buffers = nullptr,
                         .buffer_count = buffers_.size() - first,
                         .result = 0});
  }
  for (std::size_t i = 0; i < requests_.size(); ++i) // they move no more
    requests_[i].buffers = &buffers_[participants_[i].first_buffer];
}

void send_batch::send() {
  auto& metrics = lane_.metrics();
  metrics.socket_sends.add(requests_.size());
  if (requests_.size() >= worth_a_ring && try_ring_ && !ring_)
    open_ring();
  if (requests_.size() < worth_a_ring || !ring_) {
    metrics.send_calls.add(requests_.size());
    return send_each(requests_);
  }
  metrics.send_calls.add();
  if (!ring_->send(requests_)) {
    spdlog::error("lane {}: io_uring failed; sockets are written one by one",
                  lane_.number());
    ring_.reset();
  }
}

void send_batch::open_ring() {
  try_ring_ = false;
  std::string why;
  ring_ = send_ring::open(why);
  if (ring_)
    spdlog::info("lane {} writes to sockets with io_uring", lane_.number());
  else
    spdlog::info("lane {} writes to sockets one by one, since io_uring is not "
                 "to be had: {}",
                 lane_.number(), why);
}

} // namespace net
