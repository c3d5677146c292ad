#pragma once

#include "actors/client/admin/admin_answer.hpp"
#include "actors/client/api/api_methods.hpp"
#include "actors/client/cluster_questions.hpp"
#include "proto/json_codec.hpp"

#include <span>
#include <string_view>
#include <utility>

namespace actors {

/// What admin methods work with. It and what it names outlive their answers.
struct admin_context {
  const client_services& services;
  cluster_questions& ask;
  api_methods& api;
};

/// A row in a table of methods.
struct admin_method {
  std::string_view name;
  void (*run)(const admin_context& context, std::string_view body,
              admin_answer done) = nullptr;
};

using admin_method_table = std::span<const admin_method>;

/// For `run`: reads the request from JSON and calls `Method` with it.
template <auto Method>
struct admin_call;

template <class Request,
          void (*Method)(const admin_context&, const Request&, admin_answer)>
struct admin_call<Method> {
  static void run(const admin_context& context, std::string_view body,
                  admin_answer done) {
    Request request;
    if (auto error = proto::parse_json(body, request))
      return done.unreadable(std::move(*error));
    Method(context, request, std::move(done));
  }
};

} // namespace actors
