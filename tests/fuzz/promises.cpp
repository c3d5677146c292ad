#include "tests/fuzz/promises.hpp"

#include <google/protobuf/util/field_comparator.h>
#include <google/protobuf/util/message_differencer.h>

#include <cstdio>
#include <cstdlib>

namespace fuzz {

using namespace google::protobuf::util;

void require(bool kept, const char* promise) {
  if (kept)
    return;
  std::fprintf(stderr, "broken promise: %s\n", promise);
  std::abort();
}

bool same(const google::protobuf::Message& a,
          const google::protobuf::Message& b) {
  DefaultFieldComparator numbers;
  numbers.set_treat_nan_as_equal(true);
  MessageDifferencer differ;
  differ.set_field_comparator(&numbers);
  return differ.Compare(a, b);
}

} // namespace fuzz
