#include "actors/client/run_all.hpp"

#include <memory>
#include <utility>

namespace actors {

namespace {

struct run : std::enable_shared_from_this<run> {
  std::size_t count;
  std::size_t window;
  start_job start;
  std::function<void()> done;
  std::size_t next = 0;
  std::size_t running = 0;
  bool starting = false;

  run(std::size_t jobs, std::size_t most, start_job how,
      std::function<void()> after)
      : count(jobs), window(most), start(std::move(how)),
        done(std::move(after)) {}

  void go_on() {
    if (std::exchange(starting, true))
      return; // a job ended at once: the loop below sees it
    while (next < count && running < window) {
      ++running;
      start(next++, [self = shared_from_this()] {
        --self->running;
        self->go_on();
      });
    }
    starting = false;
    if (next == count && running == 0 && done)
      std::exchange(done, nullptr)();
  }
};

} // namespace

void run_all(std::size_t count, std::size_t window, start_job start,
             std::function<void()> done) {
  std::make_shared<run>(count, window, std::move(start), std::move(done))
      ->go_on();
}

} // namespace actors
