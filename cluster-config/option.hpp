#pragma once

#include "cluster-config/format.hpp"
#include "cluster-config/node_config.hpp"

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace config {

/// One key. `Target` is what the key sits in: `node_config`, or
/// `channel_options` for the tables of namespaces.
template <class Target>
struct option {
  /// "http.listen"
  std::string key;
  /// One or more sentences.
  std::string help;
  /// Completes "allowed: ".
  std::string allowed;
  variable_form form = variable_form::text;
  bool secret = false;
  /// Throws `bad_value`.
  std::function<void(Target&, const raw_value&)> set;
  /// The value as it stands in a file. May create the optional section that
  /// the key is in.
  std::function<std::string(Target&)> show;
};

/// Adds the options of one section of `Target` to a list.
template <class Target, class Section>
class section_options {
public:
  using get_section = std::function<Section&(Target&)>;

  /// `prefix` is "" or ends in '.'.
  section_options(std::vector<option<Target>>& out, std::string prefix,
                  get_section section)
      : out_{out}, prefix_{std::move(prefix)}, section_{std::move(section)} {}

  /// `Base` is Section, or what Section inherits the member from.
  template <class Base, class T>
  section_options& add(std::string_view key, T Base::*member, format<T> as,
                       std::string help) {
    option<Target> added;
    added.key = prefix_ + std::string{key};
    added.help = std::move(help);
    added.allowed = as.allowed;
    added.form = as.form;
    added.secret = as.secret;
    added.set = [section = section_, member, as](Target& target,
                                                 const raw_value& x) {
      auto value = as.read(x);
      section(target).*member = std::move(value);
    };
    added.show = [section = section_, member, as](Target& target) {
      return as.show(section(target).*member);
    };
    out_.push_back(std::move(added));
    return *this;
  }

private:
  std::vector<option<Target>>& out_;
  std::string prefix_;
  get_section section_;
};

} // namespace config
