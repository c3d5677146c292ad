#pragma once

#include "actors/client/admin/admin_method.hpp"

namespace actors {

/// Admin methods about the cluster: nodes, the view, draining.
admin_method_table admin_cluster_methods();

} // namespace actors
