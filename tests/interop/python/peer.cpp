// SPDX-License-Identifier: MIT
// litorch as a library that Python loads: tensors in and out through DLPack's structures, for check.py. Functions that can
// fail return null, and last_error() says why.
#include <litorch/interop/dlpack.hpp>
#include <litorch/litorch.hpp>

#include <memory>
#include <string>

using namespace litorch;

// Python's own; the interpreter that loads the library has them.
extern "C" {
int PyCapsule_IsValid(void* capsule, const char* name);
void* PyCapsule_GetPointer(void* capsule, const char* name);
}

namespace {

/// A tensor whose element type is known at run time.
struct Handle {
  virtual ~Handle() = default;
  virtual Handle* view(const std::string& how) const = 0;
  virtual DLManagedTensor* out() const = 0;
  virtual void increment() const = 0;
  virtual std::string describe() const = 0;
};

int alive = 0;  // handles and the memory that litorch made for them
std::string error;

struct Counted {
  Counted() { ++alive; }
  Counted(const Counted&) = delete;
  Counted& operator=(const Counted&) = delete;
  ~Counted() { --alive; }
};

template <class T>
struct HandleOf final : Handle, Counted {
  explicit HandleOf(Tensor<T> from) : tensor(std::move(from)) {}

  Handle* view(const std::string& how) const override {
    if (how == "transposed") return new HandleOf(tensor.transpose(0, tensor.rank() - 1));
    if (how == "every second") return new HandleOf(tensor.slice(tensor.rank() - 1, 0, kAll, 2));
    if (how == "without its first") return new HandleOf(tensor.slice(0, 1));
    if (how == "backwards") return new HandleOf(tensor.flip(0));
    if (how == "repeated") return new HandleOf(tensor.unsqueeze(0).expand(repeated()));
    if (how == "none of it") return new HandleOf(tensor.narrow(0, 0, 0));
    if (how == "first") return new HandleOf(tensor[0]);
    if (how == "copied") {  // into memory whose end is counted
      auto owner = std::make_shared<std::pair<Counted, Tensor<T>>>();
      owner->second = tensor.clone();
      T* const data = owner->second.data();
      return new HandleOf(from_blob(data, tensor.shape(), std::move(owner)));
    }
    detail::fail<Error>("no view is called ", how);
  }
  DLManagedTensor* out() const override { return to_dlpack(tensor).release(); }
  void increment() const override { increment(tensor); }
  std::string describe() const override {
    return detail::to_text(name(dtype_of<T>), " ", tensor.shape(), " ", tensor.strides(), " ",
                           reinterpret_cast<std::uintptr_t>(tensor.data()));
  }

  /// One more in every element, or the other of two.
  static void increment(const Tensor<T>& part) {
    if (part.rank() > 0) {
      for (Index i = 0; i < part.size(0); ++i) increment(part[i]);
    } else if constexpr (std::is_same_v<T, bool>) {
      *part.data() = !part.item();
    } else {
      *part.data() = static_cast<T>(part.item() + T(1));
    }
  }
  static constexpr Index kAll = std::numeric_limits<Index>::max();
  Dims repeated() const {
    Dims extents = tensor.shape().dims();
    extents.insert(0, 3);
    return extents;
  }
  Tensor<T> tensor;
};

template <class F>
auto guarded(F f) -> decltype(f()) {
  try {
    return f();
  } catch (const std::exception& caught) {
    error = caught.what();
    return nullptr;
  }
}

}  // namespace

#define EXPORTED extern "C" [[gnu::visibility("default")]]

EXPORTED int count_alive() { return alive; }
EXPORTED const char* last_error() { return error.c_str(); }

/// Takes the structure over, also where it is refused. `type` names the elements to ask for; null asks for its own.
EXPORTED Handle* take(DLManagedTensor* managed, const char* type) {
  return guarded([&]() -> Handle* {
    DLPackTensor taken(managed);
    std::size_t dtype = 0;
    if (type == nullptr)
      dtype = static_cast<std::size_t>(dlpack_dtype(managed->dl_tensor));
    else
      while (kDTypes[dtype].name != type) ++dtype;
    return visit_dtype(static_cast<DType>(dtype),
                       [&]<class T>() -> Handle* { return new HandleOf<T>(from_dlpack<T>(std::move(taken))); });
  });
}
EXPORTED Handle* view(const Handle* handle, const char* how) {
  return guarded([&] { return handle->view(how); });
}
EXPORTED DLManagedTensor* give(const Handle* handle) {
  return guarded([&] { return handle->out(); });
}
EXPORTED const char* describe(const Handle* handle) {
  static std::string text;
  text = handle->describe();
  return text.c_str();
}
EXPORTED void increment(const Handle* handle) { handle->increment(); }
EXPORTED void drop(Handle* handle) { delete handle; }

/// The destructor of the capsules that give() fills: nobody took the tensor.
EXPORTED void end_capsule(void* capsule) {
  if (PyCapsule_IsValid(capsule, "dltensor") != 0)
    DLPackTensor(static_cast<DLManagedTensor*>(PyCapsule_GetPointer(capsule, "dltensor")));
}
