#pragma once

#include "actors/client/admin/admin_method.hpp"

namespace actors {

/// Admin methods about connections of clients: lists, disconnecting.
admin_method_table admin_connection_methods();

} // namespace actors
