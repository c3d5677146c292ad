// Writes docs/configuration.md.

#include "cluster-config/reference.hpp"

#include <fstream>
#include <iostream>
#include <string>

int main(int argc, char** argv) {
  if (argc != 2) {
    std::cerr << "usage: write_configuration_reference FILE\n";
    return 2;
  }
  std::ofstream out{argv[1], std::ios::binary};
  out << config::configuration_markdown();
  if (!out.flush()) {
    std::cerr << argv[1] << ": cannot be written\n";
    return 1;
  }
}
