#pragma once

// C-Raft's header says nothing of C++. Only sources of this folder include
// this.
extern "C" {
#include <raft.h>
}
