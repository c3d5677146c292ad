#include "net/admission/admission.hpp"

#include "net/admission/address_key.hpp"
#include "net/admission/ip_range.hpp"

#include <utility>

namespace net {

socket_place& socket_place::operator=(socket_place&& other) noexcept {
  std::swap(owner_, other.owner_);
  std::swap(address_, other.address_);
  return *this;
}

void socket_place::give_back() noexcept {
  if (const auto owner = std::exchange(owner_, nullptr))
    owner->release(address_);
}

admission::verdict admission::admit(const peer_address& from, time_point now) {
  std::optional<std::uint64_t> address;
  if (!is_proxy(from, limits_.proxies))
    address = address_key(from);
  if (address && !in_rate(*address, now))
    return {.place = {}, .why = refusal::address_rate};
  auto why = count(address);
  const bool displaced = why == refusal::full && displace();
  if (displaced)
    why = count(address);
  if (why != refusal::none)
    return {.place = {}, .why = why, .displaced = displaced};
  return {.place = {shared_from_this(), address}, .displaced = displaced};
}

bool admission::in_rate(std::uint64_t address, time_point now) {
  const std::lock_guard lock{mutex_};
  return rates_.allow(address, now);
}

admission::refusal admission::count(std::optional<std::uint64_t> address) {
  const std::lock_guard lock{mutex_};
  if (address && is_full(*address))
    return refusal::address_full;
  if (limits_.sockets != 0 && sockets_ >= limits_.sockets)
    return refusal::full;
  ++sockets_;
  if (address)
    count_address(*address);
  return refusal::none;
}

bool admission::is_full(std::uint64_t address) const {
  const auto most = limits_.sockets_per_address;
  const auto known = by_address_.find(address);
  return most != 0 && known != by_address_.end() && known->second >= most;
}

void admission::count_address(std::uint64_t address) {
  if (limits_.sockets_per_address != 0)
    ++by_address_[address];
}

admission::refusal admission::settle(socket_place& place,
                                     const peer_address& client,
                                     time_point now) {
  const auto address = address_key(client);
  if (place.address_ == address)
    return refusal::none;
  if (!in_rate(address, now))
    return refusal::address_rate;
  const std::lock_guard lock{mutex_};
  if (is_full(address))
    return refusal::address_full;
  count_address(address);
  if (place.address_)
    release_address(*place.address_);
  place.address_ = address;
  return refusal::none;
}

void admission::release(std::optional<std::uint64_t> address) {
  const std::lock_guard lock{mutex_};
  --sockets_;
  if (address)
    release_address(*address);
}

void admission::release_address(std::uint64_t address) {
  if (const auto known = by_address_.find(address);
      known != by_address_.end() && --known->second == 0)
    by_address_.erase(known);
}

bool admission::displace() {
  std::unique_lock lock{mutex_};
  if (idle_.empty())
    return false;
  const auto oldest = idle_.extract(idle_.begin());
  lock.unlock();
  oldest.mapped().close();
  return true; // and its place is free with the end of `oldest`
}

std::uint64_t admission::lend(socket_place place, std::function<void()> close) {
  const std::lock_guard lock{mutex_};
  idle_.emplace(++last_ticket_,
                idle_socket{std::move(place), std::move(close)});
  return last_ticket_;
}

socket_place admission::take_back(std::uint64_t ticket) {
  const std::lock_guard lock{mutex_};
  const auto found = idle_.extract(ticket);
  return found ? std::move(found.mapped().place) : socket_place{};
}

std::size_t admission::sockets() const {
  const std::lock_guard lock{mutex_};
  return sockets_;
}

} // namespace net
