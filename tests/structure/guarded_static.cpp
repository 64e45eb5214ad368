// SPDX-License-Identifier: MIT
// What guarded_statics.cmake has to find.
int ask();
namespace litorch {
int number() {
  static const int kept = ask();
  return kept;
}
}  // namespace litorch
