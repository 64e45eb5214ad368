// SPDX-License-Identifier: MIT
// Every public template once, without a precompiled header: compilers do not warn of code in one.
#include <litorch/litorch.hpp>

#include <complex>
#include <cstdio>
#include <list>
#include <sstream>

namespace lt = litorch;

namespace {

template <class T>
lt::Index joins() {
  const lt::Tensor<T> a = lt::ones<T>({2, 3}), b = lt::full<T>({2, 3}, T(2));
  const std::vector<lt::Tensor<T>> both{a, b.t().clone().t()};
  const std::list<lt::TensorView<const T>> views{a, b};
  lt::ThreadPool pool(2);
  lt::cat_into(lt::empty<T>({4, 3}), both);
  lt::cat_into(lt::empty<T>({2, 6}), {a, b}, 1, pool);
  lt::stack_into(lt::empty<T>({2, 2, 3}), both);
  lt::Index count = lt::cat(views).numel() + lt::cat({a, b}, 1, pool).numel() + lt::stack(both, 1).numel();
  std::vector<T> row(6);
  const auto view = lt::view_of(row).reshape({2, 3});
  count += lt::cat<T>({a, view}).numel() + lt::stack<T>({a, view, b}).numel();
  lt::cat_into(lt::empty<T>({4, 3}), {a, view});
  lt::stack_into(lt::empty<T>({2, 2, 3}), {a, view});
  count += lt::hstack({a, b}).numel() + lt::vstack({a, b}).numel() + lt::dstack({a, b}).numel();
  count += lt::column_stack({a, b}).numel() + lt::block({{a, b}, {b, a}}).numel();
  for (const auto& part : lt::split(a, 1, 0)) count += part.numel();
  for (const auto& part : lt::split(a, {1, 2}, 1)) count += part.numel();
  for (const auto& part : lt::chunk(a, 2, 0)) count += part.numel();
  for (const auto& part : lt::tensor_split(a, 2, 1)) count += part.numel();
  for (const auto& part : lt::unbind(a, 0)) count += part.numel();
  std::vector<lt::Tensor<T>> pieces = both;
  count += lt::cat(std::move(pieces)).numel();
  lt::Growable<T> grown;
  grown.append(a);
  grown.append(b[0]);
  lt::Assembly<T> assembly({{2, 3}, {2, 3}});
  assembly.put(0, a);
  assembly.put(1, b);
  const lt::ChunkedTensor<T> chunked({a, b});
  count += grown.view().numel() + assembly.wait().numel() + chunked.materialize().numel() + chunked[1].numel();
  count += lt::pad_sequence({a, b.narrow(0, 0, 1)}).padded.numel() + lt::cat_ragged({a, b}).values.numel();
  const lt::SharedTensor<T> shared({2, 3});
  shared.tensor().copy_(a);
  count += shared.tensor().numel() + lt::SharedTensor<T>::remove("litorch-test-no-such-name");
  std::ostringstream text;
  text << a;
  return count + lt::equal(a, b);
}

template <class T>
double reductions() {
  const lt::Tensor<T> t = lt::arange<T>(1, 7).reshape({2, 3}).t();
  const auto number = [](auto value) { return static_cast<double>(value); };
  double sum =
      number(lt::sum(t).item()) + number(lt::sum(t, 1)(0)) + number(lt::mean(t).item()) + number(lt::max(t).item());
  sum += number(lt::min(t, 0)(1)) + number(lt::argmax(t).item()) + number(lt::average({t, t})(0, 0));
  sum += number(std::get<1>(lt::average({std::tuple(t, t)}))(0, 0)) + number(lt::average({std::vector{t}})[0](0, 0));
  return sum + number(lt::cat_as<double>({t, t})(0, 0)) + lt::linspace<double>(0, 1, 3)(1);
}

template <class T>
lt::Index datasets() {
  const lt::TensorDataset rows(lt::ones<T>({4, 3}), lt::arange<int>(4));
  const auto mapped = lt::map_dataset(rows, [](const auto& sample) { return std::get<0>(sample); });
  const auto noisy = lt::map_dataset(mapped, [](const lt::Tensor<T>& row, lt::SampleRandom& random) {
    return row[lt::uniform_index(random, row.numel())];
  });
  const lt::ConcatDataset both(mapped, lt::TensorDataset(lt::zeros<T>({2, 3})));
  const lt::SubsetDataset some(both, {5, 0});
  lt::SampleRandom random(1, 2, 3);
  lt::Index count = some.get(0, random).numel() + mapped.get(1).numel() + noisy.get(2, random).numel();
  count += lt::detail::sample(some, 1, 1, 0).numel() + both.size() + lt::uniform_index(random, 3);
  lt::RangeStream stream(std::list<T>{T(1), T(2)});
  while (stream.next()) ++count;
  lt::StreamLoader streamed(lt::RangeStream(std::list<T>{T(1), T(2)}), {.batch_size = 2, .num_workers = 1});
  for (const auto& batch : streamed) count += batch.numel();
  lt::DataLoader batches(rows, {.batch_size = 2, .num_workers = 1, .timeout = std::chrono::seconds(60)});
  for (const auto& [row, number] : batches) count += row.numel() + number.numel();
  lt::DataLoader listed(std::vector<std::string>{"a", "b"}, {}, [](std::vector<std::string> all) { return all; });
  lt::DataLoader processes(rows, {.batch_size = 2, .num_workers = 1, .workers = lt::Workers::processes});
  for (const auto& [row, number] : processes) count += row.numel() + number.numel();
  const std::vector<std::pair<lt::Tensor<T>, int>> pairs{{lt::ones<T>({2}), 1}, {lt::ones<T>({1}), 2}};
  lt::DataLoader padded(pairs, {.batch_size = 2}, lt::pad_collate());
  count += padded.next()->first.padded.numel();
  lt::DataLoader ragged(std::vector{lt::ones<T>({2}), lt::ones<T>({1})}, {.batch_size = 2}, lt::ragged_collate());
  count += ragged.next()->values.numel();
  count += static_cast<lt::Index>(listed.next()->size()) + lt::LoaderState::parse(listed.state().to_string()).samples;
  return count + (lt::uniform_real(random) < 0.5);
}

template <class T>
lt::Index files(const std::string& folder) {
  const std::string part = folder + "/part.npy", all = folder + "/all.npy";
  lt::save_npy(part, lt::ones<T>({2, 3}));
  lt::cat_npy({part, part}, all, 1);
  lt::stack_npy({part, part}, all, 0, {.durability = lt::posix::Durability::cached});
  lt::split_npy(all, {part, folder + "/rest.npy"}, 0, {.dtype = lt::dtype_of<T>});
  lt::split_npy(all, {part, folder + "/rest.npy"}, {0, 2});
  lt::save_npy(part, lt::ones<T>({2, 3}));
  lt::NpyAppender<T> appender(part, {3});
  appender.append(lt::ones<T>({4, 3}));
  appender.sync();
  appender.append_file(part);
  return lt::cat_npy_info({part}).shape[0] + lt::stack_npy_info({part}).shape[0] + lt::load_npy<T>(all).numel() +
         lt::load_npy_shards<T>({part, part}).numel() + lt::load_npy_shards_as<T>({part, part}).numel() +
         lt::map_npy_shards<T>({part, part}).size(0);
}

lt::Index samplers() {
  std::vector<lt::Index> indices;
  lt::Index sum = lt::Permutation(10, 1)[3];
  const std::list<int> listed{3, 1, 2};
  for (const lt::AnySampler& sampler :
       {lt::AnySampler(lt::SequentialSampler(3)), lt::AnySampler(lt::ShuffledSampler(3, 1)), lt::AnySampler(listed),
        lt::AnySampler(lt::WeightedSampler(std::vector<float>{1, 2}, 3)), lt::AnySampler(lt::SubsetSampler(listed, 1)),
        lt::AnySampler(lt::RemainingSampler(lt::SequentialSampler(3), 1, 0)),
        lt::AnySampler(lt::DistributedSampler(std::vector<int>{4, 5, 6}, 0, 1, lt::Uneven::keep))}) {
    const lt::AnyBatchSampler batches = lt::FixedBatchSampler(sampler, 2);
    batches.batch(0, batches.size(0) - 1, indices);
    sum += indices.front() + sampler.index(1, 2);
  }
  lt::BucketBatchSampler(listed, {.batch_size = 2, .bucket_count = 2}).batch(0, 0, indices);
  return sum + indices.front();
}

}  // namespace

/// With the name of a folder, it writes files there.
int main(int argc, char** argv) {
  const lt::Index count = joins<float>() + joins<std::uint8_t>() + joins<std::complex<double>>() + datasets<float>() +
                          datasets<std::uint8_t>() + samplers();
  const lt::Index stored = argc > 1 ? files<float>(argv[1]) + files<std::int16_t>(argv[1]) : 0;
  const double sum = reductions<float>() + reductions<int>() + reductions<double>();
  std::printf("%lld %g\n", static_cast<long long>(count) + static_cast<long long>(stored), sum);
  return count == 0;
}
