#include "actors/raft/raft_convert.hpp"

#include <exception>
#include <new>

namespace actors {

/// What the library calls to remember and to send. No exception may pass.
struct raft_io_calls {
  static raft_engine& engine_of(raft_io* io) {
    return *static_cast<raft_engine*>(io->impl);
  }

  /// Runs `write`, or ends the engine.
  template <class Write>
  static int store(raft_io* io, Write write) {
    auto& engine = engine_of(io);
    if (!engine.failure_.empty())
      return RAFT_IOERR;
    try {
      write(engine);
      return 0;
    } catch (const std::exception& x) {
      engine.fail(x.what());
      return RAFT_IOERR;
    }
  }

  static int init(raft_io*, raft_id, const char*) { return 0; }

  static void close(raft_io* io, raft_io_close_cb done) { done(io); }

  static int load(raft_io* io, raft_term* term, raft_id* voted_for,
                  raft_snapshot** snapshot, raft_index* start_index,
                  raft_entry** entries, std::size_t* n_entries) {
    auto& engine = engine_of(io);
    const auto& state = engine.loading_;
    *term = state.term;
    *voted_for = state.voted_for;
    *snapshot =
        state.snapshot ? to_snapshot(*state.snapshot, engine.group_) : nullptr;
    *start_index = state.first_index;
    *n_entries = state.entries.size();
    *entries = nullptr;
    if (state.entries.empty())
      return 0;
    *entries = static_cast<raft_entry*>(
        raft_calloc(state.entries.size(), sizeof(raft_entry)));
    if (!*entries)
      return RAFT_NOMEM;
    auto* to = *entries;
    for (const auto& entry : state.entries) {
      to->term = entry.term;
      to->type = static_cast<unsigned short>(entry.type);
      to->buf = to_buffer(entry.data);
      to->batch = to->buf.base;
      ++to;
    }
    return 0;
  }

  static int start(raft_io* io, unsigned, raft_io_tick_cb tick,
                   raft_io_recv_cb receive) {
    engine_of(io).tick_ = tick;
    engine_of(io).receive_ = receive;
    return 0;
  }

  /// The first state is the engine's matter, and there is no recovery by
  /// force.
  static int refuse(raft_io*, const raft_configuration*) {
    return RAFT_CANTBOOTSTRAP;
  }

  // A term or vote that could not be stored is none, but the library frees
  // what it never had when it hears so in the middle of an election. It need
  // not hear it: nothing that it says afterwards leaves the engine.

  static int set_term(raft_io* io, raft_term term) {
    store(io, [&](raft_engine& x) { x.storage_.set_term(term); });
    return 0;
  }

  static int set_vote(raft_io* io, raft_id voted_for) {
    store(io, [&](raft_engine& x) { x.storage_.set_vote(voted_for); });
    return 0;
  }

  /// The library still looks at `request` after this returns, so it is called
  /// back when it is done (settle). It does not stand a refusal.
  static int send(raft_io* io, raft_io_send* request,
                  const raft_message* message, raft_io_send_cb done) {
    auto& engine = engine_of(io);
    engine.post(*message);
    engine.sent_.emplace_back(request, done);
    return 0;
  }

  static int append(raft_io* io, raft_io_append* request,
                    const raft_entry* entries, unsigned n,
                    raft_io_append_cb done) {
    const int rc = store(io, [&](raft_engine& x) {
      std::vector<entry_view> views;
      for (unsigned i = 0; i < n; ++i)
        views.push_back(to_view(entries[i]));
      x.storage_.append(x.last_stored_ + 1, views);
      x.last_stored_ += n;
    });
    if (rc == 0)
      done(request, 0);
    return rc;
  }

  static int truncate(raft_io* io, raft_index index) {
    return store(io, [&](raft_engine& x) {
      x.storage_.truncate(index);
      x.last_stored_ = index - 1;
    });
  }

  static int snapshot_put(raft_io* io, unsigned trailing,
                          raft_io_snapshot_put* request,
                          const raft_snapshot* snapshot,
                          raft_io_snapshot_put_cb done) {
    const int rc = store(io, [&](raft_engine& x) {
      stored_snapshot out{
          snapshot->index, snapshot->term, snapshot->configuration_index, {}};
      for (unsigned i = 0; i < snapshot->n_bufs; ++i)
        out.data.append(static_cast<const char*>(snapshot->bufs[i].base),
                        snapshot->bufs[i].len);
      if (trailing == 0) { // it comes from the leader
        x.storage_.install_snapshot(out);
        x.last_stored_ = out.index;
      } else {
        x.storage_.put_snapshot(out, out.index > trailing ? out.index - trailing
                                                          : 0);
      }
    });
    if (rc == 0)
      done(request, 0);
    else if (trailing == 0)
      free_refused_snapshot(*snapshot);
    return rc;
  }

  /// The library forgets these when it hears of the failure.
  static void free_refused_snapshot(const raft_snapshot& x) {
    auto configuration = x.configuration;
    raft_configuration_close(&configuration);
    raft_free(x.bufs[0].base);
  }

  static int snapshot_get(raft_io* io, raft_io_snapshot_get* request,
                          raft_io_snapshot_get_cb done) {
    raft_snapshot* out = nullptr;
    const int rc = store(io, [&](raft_engine& x) {
      const auto stored = x.storage_.load_snapshot();
      if (!stored)
        throw storage_error(x.storage_.name() + " lost its snapshot");
      out = to_snapshot(*stored, x.group_);
    });
    if (rc == 0)
      done(request, out, 0);
    return rc;
  }

  static raft_snapshot* to_snapshot(const stored_snapshot& x,
                                    const raft_group& group) {
    auto* out =
        static_cast<raft_snapshot*>(raft_calloc(1, sizeof(raft_snapshot)));
    auto* buffer =
        static_cast<raft_buffer*>(raft_calloc(1, sizeof(raft_buffer)));
    if (!out || !buffer)
      throw std::bad_alloc();
    *buffer = to_buffer(x.data);
    out->index = x.index;
    out->term = x.term;
    out->configuration = to_configuration(group);
    out->configuration_index = x.configuration_index;
    out->bufs = buffer;
    out->n_bufs = 1;
    return out;
  }

  static raft_time time(raft_io* io) { return engine_of(io).now_; }

  static int random(raft_io* io, int min, int max) {
    const auto range = static_cast<std::uint64_t>(max - min) + 1;
    return min + static_cast<int>(engine_of(io).machine_.random() % range);
  }
};

/// What the library calls when something was decided.
struct raft_fsm_calls {
  static raft_engine& engine_of(raft_fsm* fsm) {
    return *static_cast<raft_engine*>(fsm->data);
  }

  template <class Call>
  static int run(raft_fsm* fsm, Call call) {
    auto& engine = engine_of(fsm);
    if (!engine.failure_.empty())
      return RAFT_SHUTDOWN;
    try {
      call(engine);
      return 0;
    } catch (const std::exception& x) {
      engine.fail(x.what());
      return RAFT_SHUTDOWN;
    }
  }

  static int apply(raft_fsm* fsm, const raft_buffer* buffer, void** result) {
    *result = nullptr;
    return run(fsm, [&](raft_engine& x) {
      x.machine_.apply(x.raft_.last_applied + 1,
                       {static_cast<const char*>(buffer->base), buffer->len});
    });
  }

  static int snapshot(raft_fsm* fsm, raft_buffer** buffers, unsigned* n) {
    return run(fsm, [&](raft_engine& x) {
      const auto bytes = x.machine_.snapshot();
      if (bytes.size() > x.options_.max_snapshot_bytes)
        throw storage_error(x.storage_.name() + " takes no snapshot of "
                            + std::to_string(bytes.size()) + " bytes");
      *buffers = static_cast<raft_buffer*>(raft_calloc(1, sizeof(raft_buffer)));
      if (!*buffers)
        throw std::bad_alloc();
      **buffers = to_buffer(bytes);
      *n = 1;
    });
  }

  static int restore(raft_fsm* fsm, raft_buffer* buffer) {
    const int rc = run(fsm, [&](raft_engine& x) {
      x.machine_.restore({static_cast<const char*>(buffer->base), buffer->len});
    });
    if (rc == 0)
      raft_free(buffer->base);
    return rc;
  }
};

void bind_raft_io(raft_engine& engine, raft_io& io) {
  io.version = 1;
  io.impl = &engine;
  io.init = raft_io_calls::init;
  io.close = raft_io_calls::close;
  io.load = raft_io_calls::load;
  io.start = raft_io_calls::start;
  io.bootstrap = raft_io_calls::refuse;
  io.recover = raft_io_calls::refuse;
  io.set_term = raft_io_calls::set_term;
  io.set_vote = raft_io_calls::set_vote;
  io.send = raft_io_calls::send;
  io.append = raft_io_calls::append;
  io.truncate = raft_io_calls::truncate;
  io.snapshot_put = raft_io_calls::snapshot_put;
  io.snapshot_get = raft_io_calls::snapshot_get;
  io.time = raft_io_calls::time;
  io.random = raft_io_calls::random;
}

void bind_raft_fsm(raft_engine& engine, raft_fsm& fsm) {
  fsm.version = 1;
  fsm.data = &engine;
  fsm.apply = raft_fsm_calls::apply;
  fsm.snapshot = raft_fsm_calls::snapshot;
  fsm.restore = raft_fsm_calls::restore;
}

} // namespace actors
