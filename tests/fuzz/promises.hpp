#pragma once

#include <google/protobuf/message.h>

namespace fuzz {

/// Aborts with the promise that is broken.
void require(bool kept, const char* promise);

/// Whether two messages say the same; what is no number equals itself.
bool same(const google::protobuf::Message& a,
          const google::protobuf::Message& b);

} // namespace fuzz
