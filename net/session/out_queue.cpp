#include "net/session/out_queue.hpp"

#include <algorithm>
#include <utility>

namespace net {

void out_queue::push(const proto::frame_ptr& frame) {
  bytes_ += frame->wire().size();
  chunks_.push_back(chunk{frame, nullptr});
}

void out_queue::push(std::string bytes) {
  if (bytes.empty())
    return;
  bytes_ += bytes.size();
  chunks_.push_back(chunk{{}, std::make_unique<std::string>(std::move(bytes))});
}

void out_queue::push_pong(std::string frame, std::size_t limit) {
  const auto fits = [&](const std::string& x) {
    return pongs_ == nullptr || pong_bytes() + x.size() <= limit;
  };
  if (!newest_pong_.empty() && fits(newest_pong_)) {
    append_pong(newest_pong_);
    newest_pong_.clear();
  }
  bytes_ += frame.size();
  if (newest_pong_.empty() && fits(frame))
    return append_pong(frame);
  bytes_ -= newest_pong_.size();
  newest_pong_ = std::move(frame);
}

std::size_t out_queue::pong_bytes() const {
  if (pongs_ == nullptr)
    return 0;
  const bool begun = chunks_[head_].own.get() == pongs_;
  return pongs_->size() - (begun ? written_ : 0);
}

/// `bytes_` has it already.
void out_queue::append_pong(std::string_view frame) {
  if (pongs_ == nullptr) {
    chunks_.push_back(chunk{{}, std::make_unique<std::string>(frame)});
    pongs_ = chunks_.back().own.get();
    return;
  }
  // What is written of a chunk that never comes to its end must not pile up.
  if (chunks_[head_].own.get() == pongs_ && written_ * 2 >= pongs_->size())
    pongs_->erase(0, std::exchange(written_, 0));
  pongs_->append(frame);
}

/// The chunk that has pongs was written.
void out_queue::forget_pongs() {
  pongs_ = nullptr;
  if (!newest_pong_.empty())
    append_pong(newest_pong_);
  std::string{}.swap(newest_pong_);
}

void out_queue::gather(std::vector<iovec>& out) const {
  auto skip = written_;
  const auto end = std::min(chunks_.size(), head_ + max_buffers);
  for (auto i = head_; i < end; ++i) {
    const auto bytes = chunks_[i].view().substr(skip);
    skip = 0;
    // The kernel's interface is older than const.
    out.push_back({const_cast<char*>(bytes.data()), bytes.size()});
  }
}

std::size_t out_queue::copy(std::string& out, std::size_t max) const {
  std::size_t n = 0;
  auto skip = written_;
  for (auto i = head_; i < chunks_.size() && n < max; ++i) {
    const auto bytes = chunks_[i].view().substr(skip, max - n);
    skip = 0;
    out.append(bytes);
    n += bytes.size();
  }
  return n;
}

void out_queue::consume(std::size_t n) {
  bytes_ -= n;
  while (n > 0) {
    auto& front = chunks_[head_];
    const auto rest = front.view().size() - written_;
    if (n < rest) {
      written_ += n;
      return;
    }
    n -= rest;
    written_ = 0;
    const bool had_pongs = front.own && front.own.get() == pongs_;
    front = chunk{};
    ++head_;
    if (had_pongs)
      forget_pongs();
  }
  shrink();
}

void out_queue::drop_unstarted() {
  if (empty())
    return;
  const auto keep = head_ + (written_ > 0 ? 1 : 0);
  for (auto i = keep; i < chunks_.size(); ++i) {
    bytes_ -= chunks_[i].view().size();
    if (chunks_[i].own && chunks_[i].own.get() == pongs_)
      pongs_ = nullptr;
  }
  chunks_.resize(keep);
  bytes_ -= newest_pong_.size();
  std::string{}.swap(newest_pong_);
  shrink();
}

void out_queue::clear() {
  chunks_.clear();
  pongs_ = nullptr;
  std::string{}.swap(newest_pong_);
  head_ = written_ = bytes_ = 0;
  shrink();
}

void out_queue::shrink() {
  if (empty()) {
    head_ = 0;
    if (chunks_.capacity() > 16)
      std::vector<chunk>{}.swap(chunks_);
    else
      chunks_.clear();
    return;
  }
  // A reader that never catches up must not make the vector grow for ever.
  if (head_ >= 64 && head_ * 2 >= chunks_.size()) {
    chunks_.erase(chunks_.begin(),
                  chunks_.begin() + static_cast<std::ptrdiff_t>(head_));
    head_ = 0;
  }
}

} // namespace net
