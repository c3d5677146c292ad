#pragma once

#include <boost/asio/buffer.hpp>

#include <cstddef>
#include <string>

namespace net {

/// What Beast reads a message into: a dynamic buffer that starts small, since
/// a connection that says nothing waits with it.
class read_buffer {
public:
  using const_buffers_type = boost::asio::const_buffer;
  using mutable_buffers_type = boost::asio::mutable_buffer;

  std::size_t size() const noexcept { return size_; }
  std::size_t capacity() const noexcept { return bytes_.size(); }

  /// Beast asks for as much as this says there is room for. The stream's own
  /// limit holds for the message.
  std::size_t max_size() const noexcept {
    return size_ == 0 ? first_size : size_ + further_size;
  }

  const_buffers_type data() const noexcept { return {bytes_.data(), size_}; }

  mutable_buffers_type prepare(std::size_t n) {
    if (bytes_.size() < size_ + n)
      bytes_.resize(size_ + n);
    return {bytes_.data() + size_, n};
  }

  void commit(std::size_t n) noexcept { size_ += n; }

  void consume(std::size_t n) {
    bytes_.erase(0, n);
    size_ -= n;
  }

  /// Gives the memory back.
  void reset() noexcept {
    std::string{}.swap(bytes_);
    size_ = 0;
  }

private:
  static constexpr std::size_t first_size = 239; // 240 with its end: no waste
  static constexpr std::size_t further_size = 16 * 1024;

  std::string bytes_;
  std::size_t size_ = 0;
};

} // namespace net
