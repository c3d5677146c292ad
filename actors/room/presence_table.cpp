#include "actors/room/presence_table.hpp"

namespace actors {

presence_table::arrival presence_table::arrive(const std::string& node,
                                               client_info_ptr info,
                                               bool listed, bool announced) {
  const auto i = members_.find(info->client());
  if (i != members_.end()) {
    unlist(i->second);
    i->second = {std::move(info), node, listed, announced};
    list(i->second);
    return arrival::known;
  }
  if (members_.size() >= max_members_)
    return arrival::full;
  const auto& client = info->client();
  list(members_[client] = {std::move(info), node, listed, announced});
  return arrival::added;
}

client_info_ptr presence_table::depart(const std::string& node,
                                       const std::string& client) {
  const auto i = members_.find(client);
  if (i == members_.end() || i->second.node != node)
    return nullptr;
  unlist(i->second);
  auto info = std::move(i->second.info);
  members_.erase(i);
  return info;
}

std::vector<client_info_ptr>
presence_table::remove_node(std::string_view node) {
  std::vector<client_info_ptr> announced;
  for (auto i = members_.begin(); i != members_.end();) {
    if (i->second.node != node) {
      ++i;
      continue;
    }
    unlist(i->second);
    if (i->second.announced)
      announced.push_back(std::move(i->second.info));
    i = members_.erase(i);
  }
  return announced;
}

void presence_table::fill(roost::client::PresenceResult& out) const {
  auto& presence = *out.mutable_presence();
  for (const auto& [client, who] : members_)
    if (who.listed)
      presence[client] = *who.info;
}

std::map<std::string, std::uint32_t> presence_table::clients_by_node() const {
  std::map<std::string, std::uint32_t> result;
  for (const auto& [client, who] : members_)
    if (who.listed)
      ++result[who.node];
  return result;
}

void presence_table::list(const member& who) {
  if (!who.listed)
    return;
  ++clients_;
  ++users_[who.info->user()];
}

void presence_table::unlist(const member& who) {
  if (!who.listed)
    return;
  --clients_;
  const auto i = users_.find(who.info->user());
  if (--i->second == 0)
    users_.erase(i);
}

} // namespace actors
