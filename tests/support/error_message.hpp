// SPDX-License-Identifier: MIT
// What an error says.
#pragma once

#include <initializer_list>
#include <string>

namespace support {

/// The message of the E that `call()` throws; other exceptions pass.
template <class E, class F>
std::string message_of(F call) {
  try {
    call();
  } catch (const E& error) {
    return error.what();
  }
  return "nothing was thrown";
}

inline bool mentions(const std::string& message, std::initializer_list<std::string> parts) {
  for (const std::string& part : parts)
    if (message.find(part) == std::string::npos) return false;
  return true;
}

}  // namespace support
