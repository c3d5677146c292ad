#pragma once

namespace actors {

/// Empties a container and gives back what it had allocated, which an empty one
/// keeps: of thousands of rooms most are idle.
template <class Container>
void release(Container& x) {
  Container{}.swap(x);
}

} // namespace actors
