#include "actors/client/admin/admin_methods.hpp"

#include "actors/client/admin/admin_cluster_methods.hpp"
#include "actors/client/admin/admin_connection_methods.hpp"
#include "actors/client/admin/admin_room_methods.hpp"

#include <utility>

namespace actors {

void admin_methods::call(std::string_view method, std::string_view body,
                         api::on_done done) {
  admin_answer answer{std::move(done)};
  for (const auto methods : {admin_cluster_methods(), admin_room_methods(),
                             admin_connection_methods()})
    for (const auto& x : methods)
      if (x.name == method)
        return x.run(context_, body, std::move(answer));
  answer.unknown(method);
}

} // namespace actors
