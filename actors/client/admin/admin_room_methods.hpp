#pragma once

#include "actors/client/admin/admin_method.hpp"

namespace actors {

/// Admin methods about rooms: lists, one in full, publishing.
admin_method_table admin_room_methods();

} // namespace actors
