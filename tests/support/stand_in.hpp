#pragma once

#include <caf/actor.hpp>
#include <caf/actor_system.hpp>
#include <caf/event_based_actor.hpp>
#include <caf/message.hpp>
#include <caf/response_promise.hpp>

#include <cstddef>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <typeindex>
#include <utility>
#include <vector>

namespace test_support {

/// An actor that takes the place of another one: it records what it gets, in
/// order, and answers as told. Copies share the actor.
class stand_in {
public:
  stand_in(caf::actor_system& system, std::string name)
      : state_(std::make_shared<state>()) {
    state_->name = std::move(name);
    handle_ = system.spawn<recorder>(state_);
  }

  const caf::actor& handle() const { return handle_; }

  /// Answers each later `Request` with what `script` makes of it.
  template <class Request, class Script>
  void on(Script script) {
    state_->scripts[std::type_index(typeid(Request))] =
        [script](const caf::message& x) {
          return caf::make_message(script(x.get_as<Request>(0)));
        };
  }

  /// Leaves later `Request`s without answer again, until `answer`.
  template <class Request>
  void stop_answering() {
    state_->scripts.erase(std::type_index(typeid(Request)));
  }

  /// Answers the oldest `Request` that nobody answered; false when there is
  /// none. `x` may also be a caf::error.
  template <class Request, class Answer>
  bool answer(Answer x) {
    for (auto i = state_->waiting.begin(); i != state_->waiting.end(); ++i)
      if (i->first.match_elements<Request>()) {
        auto promise = std::move(i->second);
        state_->waiting.erase(i);
        // It ran on a thread's stack that has gone since.
        static_cast<recorder*>(caf::actor_cast<caf::abstract_actor*>(handle_))
            ->context(nullptr);
        promise.deliver(std::move(x));
        return true;
      }
    return false;
  }

  /// Every `T` received since the last `take`, oldest first; forgets them.
  template <class T>
  std::vector<T> take() {
    std::vector<T> result;
    std::deque<caf::message> others;
    for (auto& x : state_->received)
      if (x.match_elements<T>())
        result.push_back(x.get_as<T>(0));
      else
        others.push_back(std::move(x));
    state_->received = std::move(others);
    return result;
  }

  /// What waits to be taken, oldest first.
  const std::deque<caf::message>& all() const { return state_->received; }

  /// How many messages wait to be taken.
  std::size_t size() const { return state_->received.size(); }

private:
  using script = std::function<caf::message(const caf::message&)>;

  struct state {
    std::string name;
    std::deque<caf::message> received;
    std::deque<std::pair<caf::message, caf::response_promise>> waiting;
    std::map<std::type_index, script> scripts;
  };

  class recorder final : public caf::event_based_actor {
  public:
    recorder(caf::actor_config& cfg, std::shared_ptr<state> shared)
        : caf::event_based_actor(cfg), state_(std::move(shared)) {
      set_default_handler(
          [this](caf::scheduled_actor*,
                 caf::message_view& view) -> caf::result<caf::message> {
            take(view.move_content_to_message());
            return caf::delegated<caf::message>{};
          });
    }

    const char* name() const override { return state_->name.c_str(); }

    caf::behavior make_behavior() override {
      return {[](caf::tick_atom) {
      }}; // the default handler does the work
    }

    void on_exit() override { state_->waiting.clear(); }

  private:
    auto find_script(const caf::message& content) {
      const auto* type = content.size() == 1 ? content.type(0).second : nullptr;
      return type == nullptr ? state_->scripts.end()
                             : state_->scripts.find(std::type_index(*type));
    }

    void take(caf::message content) {
      state_->received.push_back(content);
      if (!current_message_id().is_request())
        return;
      auto promise = make_response_promise();
      const auto i = find_script(content);
      if (i != state_->scripts.end())
        promise.deliver(i->second(content));
      else
        state_->waiting.emplace_back(std::move(content), std::move(promise));
    }

    std::shared_ptr<state> state_;
  };

  std::shared_ptr<state> state_;
  caf::actor handle_;
};

} // namespace test_support
