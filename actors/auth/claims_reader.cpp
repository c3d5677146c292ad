#include "actors/auth/claims_reader.hpp"

#include "actors/auth/json_claims.hpp"
#include "proto/json_codec.hpp"

#include <array>
#include <utility>

namespace actors {

namespace {

namespace ondemand = simdjson::ondemand;

/// What `info` and `data` become once their `b64` twins are known.
template <class T>
struct with_b64 {
  T value;
  std::optional<std::string> b64info;
  std::optional<std::string> b64data;

  void settle() {
    if (b64info)
      value.info = std::move(*b64info);
    if (b64data)
      value.data = std::move(*b64data);
  }
};

using options_form = with_b64<subscription_options>;
using claims_form = with_b64<raw_claims>;

/// Reads an object through `table`; a wrong one is the caller's to name.
template <class T, std::size_t Size>
bool read_nested(json_value value,
                 const std::array<json_member<T>, Size>& table, T& out) {
  ondemand::object object;
  return value.get_object().get(object) == simdjson::SUCCESS
         && read_members<T>(object, table, out).empty();
}

// -- override: {"presence": {"value": true}, ...} ----------------------------

constexpr std::array<json_member<std::optional<bool>>, 1> value_members{{
    {"value", "a boolean",
     [](json_value v, std::optional<bool>& out) {
       return read_flag(v, out);
     }},
}};

template <std::optional<bool> subscription_override::*Flag>
bool read_override_flag(json_value value, subscription_override& out) {
  return read_nested(value, value_members, out.*Flag);
}

constexpr std::string_view flag_form = "an object with a boolean \"value\"";

constexpr std::array<json_member<subscription_override>, 5> override_members{{
    {"presence", flag_form,
     read_override_flag<&subscription_override::presence>},
    {"join_leave", flag_form,
     read_override_flag<&subscription_override::join_leave>},
    {"force_push_join_leave", flag_form,
     read_override_flag<&subscription_override::force_push_join_leave>},
    {"force_positioning", flag_form,
     read_override_flag<&subscription_override::force_positioning>},
    {"force_recovery", flag_form,
     read_override_flag<&subscription_override::force_recovery>},
}};

constexpr std::string_view override_form =
    "an object of subscription options, each {\"value\": boolean}";

// -- subs: {"channel": {"info": ..., "override": ...}, ...} -------------------

bool read_b64(json_value value, std::optional<std::string>& out) {
  return read_base64(value, out.emplace());
}

constexpr std::string_view json_form = "JSON that nests at most 256 deep";
static_assert(proto::max_json_depth == 256);

constexpr std::array<json_member<options_form>, 5> options_members{{
    {"info", json_form,
     [](json_value v, options_form& out) {
       return read_json(v, out.value.info);
     }},
    {"b64info", "base64",
     [](json_value v, options_form& out) {
       return read_b64(v, out.b64info);
     }},
    {"data", json_form,
     [](json_value v, options_form& out) {
       return read_json(v, out.value.data);
     }},
    {"b64data", "base64",
     [](json_value v, options_form& out) {
       return read_b64(v, out.b64data);
     }},
    {"override", override_form,
     [](json_value v, options_form& out) {
       return read_nested(v, override_members, out.value.overrides);
     }},
}};

bool read_subs(json_value value, claims_form& out) {
  ondemand::object subs;
  if (value.get_object().get(subs) != simdjson::SUCCESS)
    return false;
  for (auto item : subs) {
    ondemand::field field;
    if (std::move(item).get(field) != simdjson::SUCCESS)
      return false;
    const auto channel = name_of(field);
    options_form options;
    if (!channel
        || (!is_null(field.value())
            && !read_nested(field.value(), options_members, options)))
      return false;
    options.settle();
    auto [place, added] =
        out.value.subs.emplace(*channel, std::move(options.value));
    if (!added || place->first.empty())
      return false;
  }
  return true;
}

// -- the payload --------------------------------------------------------------

template <std::string raw_claims::*Text>
bool read_text_claim(json_value value, claims_form& out) {
  return read_text(value, out.value.*Text);
}

template <std::optional<std::int64_t> raw_claims::*Seconds>
bool read_seconds_claim(json_value value, claims_form& out) {
  return read_seconds(value, out.value.*Seconds);
}

template <std::string raw_claims::*Json>
bool read_json_claim(json_value value, claims_form& out) {
  return read_json(value, out.value.*Json);
}

/// One audience is mostly a plain string.
bool read_audience(json_value value, claims_form& out) {
  auto& aud = out.value.aud;
  if (read_text(value, aud.emplace_back()))
    return true;
  aud.clear();
  return read_texts(value, aud);
}

bool read_expire_at(json_value value, claims_form& out) {
  auto& expire_at = out.value.expire_at;
  return read_seconds(value, expire_at) && *expire_at >= 0;
}

constexpr std::string_view text_form = "a string";
constexpr std::string_view seconds_form = "a number of seconds since 1970";

constexpr std::array<json_member<claims_form>, 18> claims_members{{
    {"sub", text_form, read_text_claim<&raw_claims::sub>},
    {"exp", seconds_form, read_seconds_claim<&raw_claims::exp>},
    {"iat", seconds_form, read_seconds_claim<&raw_claims::iat>},
    {"nbf", seconds_form, read_seconds_claim<&raw_claims::nbf>},
    {"jti", text_form, read_text_claim<&raw_claims::jti>},
    {"iss", text_form, read_text_claim<&raw_claims::iss>},
    {"aud", "a string or an array of strings", read_audience},
    {"expire_at", "a number of seconds since 1970, or 0", read_expire_at},
    {"info", json_form, read_json_claim<&raw_claims::info>},
    {"b64info", "a string in base64",
     [](json_value v, claims_form& out) {
       return read_b64(v, out.b64info);
     }},
    {"data", json_form, read_json_claim<&raw_claims::data>},
    {"b64data", "a string in base64",
     [](json_value v, claims_form& out) {
       return read_b64(v, out.b64data);
     }},
    {"meta", json_form, read_json_claim<&raw_claims::meta>},
    {"channel", text_form,
     [](json_value v, claims_form& out) {
       return read_text(v, out.value.channel.emplace());
     }},
    {"client", text_form, read_text_claim<&raw_claims::client>},
    {"channels", "an array of strings",
     [](json_value v, claims_form& out) {
       return read_texts(v, out.value.channels);
     }},
    {"subs", "an object with the options of each channel once", read_subs},
    {"override", override_form,
     [](json_value v, claims_form& out) {
       return read_nested(v, override_members, out.value.overrides);
     }},
}};

} // namespace

std::string read_claims(const std::string& payload, raw_claims& claims) {
  json_object_text text{payload};
  auto* object = text.object();
  if (object == nullptr)
    return "is not a JSON object";
  claims_form form;
  auto wrong = read_members<claims_form>(*object, claims_members, form);
  if (!wrong.empty())
    return "is wrong: " + wrong;
  form.settle();
  claims = std::move(form.value);
  return {};
}

void reserve_json(std::string& text, std::size_t size) {
  text.reserve(size + simdjson::SIMDJSON_PADDING);
}

} // namespace actors
