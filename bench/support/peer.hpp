// SPDX-License-Identifier: MIT
// Who takes part: litorch in the forms a question asks for, the roof, and the peers. A peer is one file in bench/peers
// that adds itself; it is compiled if its library was found.
#pragma once

#include <support/job.hpp>

#include <string>
#include <vector>

namespace litorch::bench {

inline bool can_do_all(const Case&) { return true; }

struct Contestant {
  const char* name;
  JobPtr (*make_job)(const Setup&);
  /// Whether make_job() may be called for this case.
  bool (*can_do)(const Case&) = can_do_all;
};

inline void have_one_thread(std::size_t) {}

struct Peer {
  Contestant contestant;
  std::string version;
  void (*set_threads)(std::size_t);
};

inline std::vector<Peer>& peers() {
  static std::vector<Peer> list;
  return list;
}
inline bool add_peer(const Contestant& contestant, const std::string& version,
                     void (*set_threads)(std::size_t) = have_one_thread) {
  peers().push_back({contestant, version, set_threads});
  return true;
}

/// The output is new: all kinds but `into`. litorch may have a special call for it, its peers have not.
inline bool makes_its_output(const Case& what) { return what.kind != Kind::into; }

/// Peers that take a second and more for a gigabyte are not asked to.
inline bool has_patience(const Case& what) { return what.bytes() <= Index{256} << 20; }

}  // namespace litorch::bench
