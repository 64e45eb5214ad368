// SPDX-License-Identifier: MIT
// Bad .npy files, the whole table. See npy_hostile_rows.hpp.
#pragma once

#include "support/npy_hostile_headers.hpp"

namespace support {

class HostileTable : public HostileHeaders {
 public:
  HostileTable() {
    descrs();
    fortran_orders();
    shapes();
    sizes();
  }

 private:
  void descrs() {
    const Code other = Code::unsupported_dtype, bad = Code::bad_dtype;
    descr(other, {"@'|O'", "@'|O8'", "@'<O'", "@'|S5'", "@'|S0'", "@'|S1'", "@'>S3'", "@'|a5'", "@'<U3'", "@'>U1'",
                  "@'=U2'", "@'<U0'", "@'|V16'", "@'|V0'", "@'|V'"});
    descr(other, {"@'<M8[ns]'", "@'>M8[D]'", "@'<M8'", "@'<M8[7us]'", "@'<m8[us]'", "@'>m8'", "@'<m8[generic]'"});
    descr(other, {"@\"<f1\"", "@\"<f3\"", "@\"<f10\"", "@\"<f12\"", "@\"<f16\"", "@\">f16\"", "@\"<f64\"", "@\"<c4\"",
                  "@\"<c2\"", "@\"<c24\"", "@\"<c32\"", "@\"<c64\""});
    descr(other, {"@'<i3'", "@'<i16'", "@'<i32'", "@'<u16'", "@'<u64'", "@'|b2'", "@'|b8'", "@'<b4'", "@'<i88'",
                  "@'<f4294967304'", "@'=f3'", "@'|i3'"});
    descr(other, {"@'<f" + std::string(200, '8') + "'"});
    descr(other,
          {"@[('a', '<f4'), ('b', '<f4')]", "@[('', '<f8')]", "@[]", "@[[]]", "@('<f4', (2,))", "@('<f8')", "@()"});

    descr(bad, {"@''", "@'<'", "@'<f'", "@'<i'", "@'|b'", "@'f8'", "@'8'", "@'f'", "@'d'", "@'float64'", "@'double'",
                "@'np.float64'", "@'O'", "@'object'"});
    descr(bad, {"@'<f08'", "@'<f8 '", "@' <f8'", "@'< f8'", "@'<f 8'", "@'<f+8'", "@'<f-8'", "@'<f8.0'", "@'<f0x8'",
                "@'<f8f8'", "@'<f4,<f4'", "@'(2,)f8'"});
    descr(bad, {"@'<f0'", "@'<i0'", "@'|b0'", "@'<c0'", "@'<f00'", "@'<f8[ns]'", "@'<f8L'", "@'<f8;'", "@'<f8:'",
                "@'<f/'", "@'<i1a'"});
    descr(bad, {"@'<x8'", "@'<q8'", "@'<d8'", "@'<d'", "@'<F8'", "@'<I4'", "@'<B1'", "@'<?'", "@'|?'", "@'?'",
                "@'<g16'", "@'<p8'", "@'<8f'", "@'<t8'"});
    descr(bad, {"@'=f8'", "@'=i4'", "@'=i1'", "@'=b1'", "@'|f8'", "@'|f2'", "@'|i2'", "@'|u8'", "@'|c8'", "@'|c16'",
                "@'!f8'", "@'^f8'", "@'<<f8'", "@'>>f8'", "@'<>f8'"});
    descr(bad, {"@8", "@-1", "@None", "@True", "@<f8", "@{}", "@{'<f8'}", "@float", "@lambda: 0", "@...", "@-'<f8'",
                "@*'<f8'"});
    descr(bad, {"@u'<f8'", "@b'<f8'", "@''<f8''", "@'''<f8'''", "@'<f' '8'", "@, 0"});
    in("an object type, 2.0", other, "{'descr': @'|O', 'fortran_order': False, 'shape': (2,)}", 2);
    in("a structure, 3.0", other, "{'descr': @[('a', '<f8')], 'fortran_order': False, 'shape': (2,)}", 3);
  }

  void fortran_orders() {
    const Code bad = Code::bad_fortran_order, syntax = Code::bad_syntax;
    order(bad, {"@true", "@false", "@TRUE", "@FALSE", "@0", "@1", "@None", "@'False'", "@\"True\"", "@''", "@(False)",
                "@[False]"});
    order(bad, {"@Falsey", "@False1", "@False_", "@_True", "@Tru", "@Tr ue", "@T", "@F", "@C", "@'C'", "@not True",
                "@-True", "@Falsea", "@Falsez", "@FalseA", "@TrueZ", "@True9"});
    order(bad, {"@TrueFalse", "@True0", "@+True", "@~True", "@{}", "@...", "@1.0", "@bool", "@nan", "@,"});
    order(syntax, {"True @or False", "False@.real", "False @== False", "False @False", "False@()", "False@'",
                   "True@:", "True@-1"});
  }

  void shapes() {
    const Code bad = Code::bad_shape, syntax = Code::bad_syntax;
    shape(bad,
          {"@2", "@[2]", "@[2,]", "@{2}", "@None", "@True", "@'(2,)'", "@\"2\"", "@{}", "@...", "@-(2,)", "@*(2,)"});
    shape(bad, {"@tuple()", "@range(2)", "@lambda: (2,)", "@<2>", "@)", "@,"});
    shape(bad, {"(2@)", "(0@)", "( 2 @)", "(@,)", "(@,2)", "(2,@,)", "(2,@,3)", "(2,3,@,)", "(2 @3)", "(2 @;3)",
                "(2,@;)", "(2@:3)"});
    shape(bad, {"(@(2,),)", "(@(2),)", "(@[2],)", "(@(),)", "(1, @(2, 3))", "(@'2',)", "(@\"2\",)", "(@True,)",
                "(@False,)", "(2, @True)", "(@None,)", "(@...,)"});
    shape(bad, {"(@n,)", "(@*a,)", "(2@L,)", "(2@l,)", "(0@x2,)", "(0@X2,)", "(0@b10,)", "(0@o2,)", "(2@_0,)", "(@_2,)",
                "(2@_,)", "(@02,)"});
    shape(bad, {"(@00,)", "(@000002,)", "(1, @01)", "(@+2,)", "(@--2,)", "(@~1,)", "(@-0,)", "(@- 2,)", "(@-,)",
                "(@-01,)", "(@-x,)", "(2@.0,)"});
    shape(bad, {"(2@.,)", "(@.2,)", "(2@e0,)", "(2@j,)", "(2@+0,)", "(2@-1,)", "(2@*1,)", "(2@/1,)", "(1@<<1,)",
                "(2 @if 1 else 0,)", "(2 @for i in a)", "(2@],)"});
    shape(bad, {"(2, @})", "(2@#,)", "(2,@\\)"});
    in("a shape that does not close", bad, "{'descr': '<f8', 'fortran_order': False, 'shape': (2, @}");
    exact("a shape cut by the end", bad, "{'descr': '<f8', 'fortran_order': False, 'shape': (2, @\n");
    exact("an extent cut by the end", bad, "{'descr': '<f8', 'fortran_order': False, 'shape': (2@\n");
    exact("a shape of nothing but the end", bad, "{'descr': '<f8', 'fortran_order': False, 'shape': (@\n");
    shape(syntax, {"(2,)@)", "(2,) @+ ()", "(2,)@*1", "()@()", "(2,)@[0]", "(2,) @(2,)", "(2,)@L", "(2,)@2"});

    const Code negative = Code::negative_extent;
    shape(negative, {"(@-1,)", "(@-2,)", "(2, @-1)", "(@-1, -1)", "(0, @-8)", "(@-9223372036854775808,)",
                     "(@-9223372036854775809,)", "(@-18446744073709551614,)", "(@-" + std::string(100, '9') + ",)",
                     "(@-1L,)", "(@-1.5,)"});

    const Code large = Code::extent_too_large;
    shape(large, {"(@9223372036854775808,)", "(@9223372036854775810,)", "(@10000000000000000000,)",
                  "(@18446744073709551615,)", "(@18446744073709551616,)", "(@18446744073709551618,)",
                  "(@36893488147419103234,)", "(@340282366920938463463374607431768211458,)",
                  "(@1" + std::string(99, '0') + ",)", "(@" + std::string(4400, '9') + ",)",
                  "(@" + std::string(9900, '1') + ",)", "(2, @9223372036854775808)", "(0, @18446744073709551616)",
                  "(@18446744073709551618L,)", "(1, 1, 1, 1, 1, 1, 1, 1, @9223372036854775808)"});

    const auto many = [](const std::string& extent, int count) {
      std::string text = "(";
      for (int i = 0; i < count; ++i) text += (i == 0 ? "" : i == 8 ? ", @" : ", ") + extent;
      return text + ")";
    };
    const Code dims = Code::too_many_dims;
    shape(dims, {many("1", 9), many("2", 9), many("0", 9), many("1", 10), many("1", 32), many("1", 33), many("1", 65),
                 many("256", 9), many("1", 3000)});
    shape(dims, {"(1, 1, 1, 1, 1, 1, 1, 1, @2, -1)", "(2,1,1,1,1,1,1,1,@1,)"});
    shape(bad, {"(1, 1, 1, 1, 1, 1, 1, 1, @x)"});
  }

  void sizes() {
    const Code over = Code::size_overflow;
    shape(over, {"@(1152921504606846976,)"});  // 2^60 of 8 bytes
    shape(over, {"@(2305843009213693952,)"});  // 2^61 of 8 bytes: 2^64, wraps to 0
    shape(over, {"@(2305843009213693954,)"});  // wraps to the 16 bytes that are there
    shape(over, {"@(9223372036854775807,)"});  // the largest extent
    shape(over, {"@(9223372036854775807, 9223372036854775807)"});
    shape(over, {"@(4294967296, 4294967296)"});          // 2^64 elements
    shape_of(over, "|i1", "@(4294967296, 2147483648)");  // 2^63 elements
    shape_of(over, "|i1", "@(4294967297, 4294967297, 0)");
    shape_of(over, "|u1", "@(3, 4611686018427387904)");
    shape_of(over, "|b1", "@(2, 4611686018427387904)");
    shape_of(over, "|i1", "@(2097152, 2097152, 2097152)");  // 2^63
    shape_of(over, "<i2", "@(4611686018427387904,)");       // 2^63
    shape_of(over, ">f2", "@(4611686018427387904,)");
    shape_of(over, "<u4", "@(2305843009213693952,)");
    shape_of(over, "<c16", "@(576460752303423488,)");
    shape_of(over, ">c8", "@(1152921504606846976,)");
    shape(over, {"@(0, 1152921504606846976)"});  // zeros do not excuse
    shape(over, {"@(1152921504606846976, 0)"});
    shape_of(over, "|i1", "@(0, 9223372036854775807, 2)");
    shape_of(over, "|i1", "@(9223372036854775807, 0, 9223372036854775807)");
    shape_of(over, "|u1", "@(256, 256, 256, 256, 256, 256, 256, 256)");  // 2^64
    shape_of(over, "|u1", "@(256, 256, 256, 256, 256, 256, 256, 128)");  // 2^63
    shape_of(over, "|u1", "@(65536, 65536, 65536, 65536, 0, 0, 0, 0)");
    in("an overflow in Fortran order", over,
       "{'descr': '<f8', 'fortran_order': True, 'shape': @(1152921504606846976,)}");
    in("an overflow, shape first", over, "{'shape': @(1152921504606846976,), 'descr': '<f8', 'fortran_order': True}");
    in("an overflow, 2.0", over, "{'descr': '<f8', 'fortran_order': False, 'shape': @(1152921504606846976,)}", 2);

    const auto sized = [&](const char* name, Code code, const char* type, const std::string& extents, std::size_t bytes,
                           Index offset, int version = 1) {
      const std::string text =
          "{'descr': '" + std::string(type) + "', 'fortran_order': False, 'shape': " + extents + ", }";
      add(name, code, offset, npy_padded(text, version) + data(bytes));
    };
    // A header of version 1 takes 128 bytes here, also where the shape is long: 57 bytes of text and up to 60 more.
    const Code few = Code::truncated_data;
    sized("no data", few, "<f8", "(2,)", 0, 128);
    sized("one byte", few, "<f8", "(2,)", 1, 129);
    sized("one element", few, "<f8", "(2,)", 8, 136);
    sized("all but one byte", few, "<f8", "(2,)", 15, 143);
    sized("a scalar without data", few, "<f8", "()", 0, 128);
    sized("a scalar with 7 bytes", few, "<f8", "()", 7, 135);
    sized("booleans", few, "|b1", "(3,)", 2, 130);
    sized("complex numbers", few, "<c16", "(1, 1)", 15, 143);
    sized("half a float", few, "<f2", "(1,)", 1, 129);
    sized("the other byte order", few, ">i4", "(2, 2)", 15, 143);
    sized("a million elements", few, "<f8", "(1000, 1000)", 16, 144);
    sized("2^40 elements", few, "<f8", "(1099511627776,)", 72, 200);
    sized("2^60 - 1 elements", few, "<f8", "(1152921504606846975,)", 16, 144);
    sized("2^63 - 1 elements", few, "|i1", "(9223372036854775807,)", 16, 144);
    sized("2^63 - 1 elements, 7 * 7 * 73 * 127 * 337 * 92737 * 649657", few, "|u1",
          "(7, 7, 73, 127, 337, 92737, 649657)", 16, 144);
    sized("2^62 bytes", few, "<i2", "(2147483648, 1073741824)", 16, 144);
    sized("2.0", few, "<f8", "(2,)", 15, 143, 2);
    sized("3.0", few, "<f8", "(2,)", 0, 128, 3);

    const Code more = Code::trailing_data;
    sized("one byte more", more, "<f8", "(2,)", 17, 144);
    sized("one element more", more, "<f8", "(2,)", 24, 144);
    sized("a page more", more, "<f8", "(2,)", 4096, 144);
    sized("a scalar with 9 bytes", more, "<f8", "()", 9, 136);
    sized("an array of nothing with a byte", more, "<f8", "(0,)", 1, 128);
    sized("an array of nothing with 16 bytes", more, "<f8", "(2, 0)", 16, 128);
    sized("an array of nothing with large extents", more, "|i1", "(0, 9223372036854775807)", 1, 128);
    sized("booleans, twice", more, "|b1", "(3,)", 6, 131);
    sized("float32 for float64", more, "<f4", "(2,)", 16, 136);
    sized("the other byte order, one more", more, ">c8", "(1,)", 16, 136);
    sized("one byte more, 2.0", more, "<f8", "(2,)", 17, 144, 2);
    sized("one byte more, 3.0", more, "<f8", "(2,)", 17, 144, 3);
    add("a newline at the end", more, 144, npy_padded(kValid) + data(16) + "\n");
    add("two arrays in one file", more, 144, npy_padded(kValid) + data(16) + npy_padded(kValid) + data(16));
    add("a zip archive at the end", more, 144, npy_padded(kValid) + data(16) + std::string("PK\5\6", 4) + data(18));
  }
};

}  // namespace support
