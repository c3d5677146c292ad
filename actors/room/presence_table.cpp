#include "actors/room/presence_table.hpp"

namespace actors {

namespace {

std::size_t bytes_in_list(const roost::client::ClientInfo& info) {
  constexpr std::size_t key_and_lengths = 16;
  return info.ByteSizeLong() + info.client().size() + key_and_lengths;
}

} // namespace

presence_table::arrival presence_table::arrive(const std::string& node,
                                               client_info_ptr info,
                                               bool listed, bool announced) {
  if (empty() && max_members_ > 0)
    people_ = std::make_unique<people>();
  if (empty())
    return arrival::full;
  auto& members = people_->members;
  const auto i = members.find(info->client());
  if (i != members.end()) {
    people_->unlist(i->second);
    i->second = {std::move(info), node, listed, announced};
    people_->list(i->second);
    return arrival::known;
  }
  if (members.size() >= max_members_)
    return arrival::full;
  const auto& client = info->client();
  people_->list(members[client] = {std::move(info), node, listed, announced});
  return arrival::added;
}

client_info_ptr presence_table::depart(const std::string& node,
                                       const std::string& client) {
  if (empty())
    return nullptr;
  auto& members = people_->members;
  const auto i = members.find(client);
  if (i == members.end() || i->second.node != node)
    return nullptr;
  people_->unlist(i->second);
  auto info = std::move(i->second.info);
  members.erase(i);
  release_if_empty();
  return info;
}

std::vector<client_info_ptr>
presence_table::remove_node(std::string_view node) {
  std::vector<client_info_ptr> announced;
  if (empty())
    return announced;
  auto& members = people_->members;
  for (auto i = members.begin(); i != members.end();) {
    if (i->second.node != node) {
      ++i;
      continue;
    }
    people_->unlist(i->second);
    if (i->second.announced)
      announced.push_back(std::move(i->second.info));
    i = members.erase(i);
  }
  release_if_empty();
  return announced;
}

void presence_table::release_if_empty() {
  if (people_->members.empty())
    people_.reset();
}

void presence_table::fill(roost::client::PresenceResult& out) const {
  auto& presence = *out.mutable_presence();
  if (empty())
    return;
  for (const auto& [client, who] : people_->members)
    if (who.listed)
      presence[client] = *who.info;
}

std::map<std::string, std::uint32_t> presence_table::clients_by_node() const {
  std::map<std::string, std::uint32_t> result;
  if (empty())
    return result;
  for (const auto& [client, who] : people_->members)
    if (who.listed)
      ++result[who.node];
  return result;
}

void presence_table::people::list(const member& who) {
  if (!who.listed)
    return;
  ++clients;
  bytes += bytes_in_list(*who.info);
  ++users[who.info->user()];
}

void presence_table::people::unlist(const member& who) {
  if (!who.listed)
    return;
  --clients;
  bytes -= bytes_in_list(*who.info);
  const auto i = users.find(who.info->user());
  if (--i->second == 0)
    users.erase(i);
}

} // namespace actors
