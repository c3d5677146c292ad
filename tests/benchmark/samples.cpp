#include "tests/benchmark/samples.hpp"

std::string sample_data() {
  std::string out = R"({"text":")";
  out.append(128 - out.size() - 2, 'x');
  return out + R"("})";
}

roost::client::Publication sample_publication(std::uint64_t offset) {
  roost::client::Publication out;
  out.set_data(sample_data());
  out.set_offset(offset);
  return out;
}

std::string sample_commands(proto::wire_format format, std::size_t count) {
  std::string out;
  for (std::size_t i = 0; i < count; ++i) {
    if (format == proto::wire_format::json) {
      out += i == 0 ? "" : "\n";
      out += R"({"id":)" + std::to_string(i + 1)
             + R"(,"publish":{"channel":"chat:lobby","data":)" + sample_data()
             + "}}";
      continue;
    }
    roost::client::Command command;
    command.set_id(static_cast<std::uint32_t>(i + 1));
    command.mutable_publish()->set_channel("chat:lobby");
    command.mutable_publish()->set_data(sample_data());
    auto bytes = command.SerializeAsString();
    // Its length takes two bytes: 128 to 16383.
    out += static_cast<char>(0x80 | (bytes.size() & 0x7f));
    out += static_cast<char>(bytes.size() >> 7);
    out += bytes;
  }
  return out;
}
