// What cmake/Hardening.cmake asks for is in the binary.
import assert from 'node:assert/strict';
import {execFileSync} from 'node:child_process';
import {describe, test} from 'node:test';

const binary = process.env.TEST_ROOST_BIN;
const read = (...args) => execFileSync('readelf', [...args, '--wide', binary],
  {encoding: 'utf8', maxBuffer: 1 << 30});
const imports = read('--dyn-syms');
const sanitized = /__asan_init|__tsan_init/.test(imports);

describe('the binary', {skip: sanitized && 'sanitizers take the place of this'}, () => {
  test('can be loaded at any address', () => {
    assert.match(read('--file-header'), /Type:\s+DYN/);
    assert.match(read('--dynamic'), /\(FLAGS_1\).*\bPIE\b/);
  });

  test('has no table of functions that can be written once it runs', () => {
    assert.match(read('--segments'), /GNU_RELRO/);
    assert.match(read('--dynamic'), /\(FLAGS_1\).*\bNOW\b/);
  });

  test('has no stack that can be executed', () => {
    assert.match(read('--segments'), /GNU_STACK .* RW /);
  });

  test('notices a stack that was written over', () => {
    assert.match(imports, /UND __stack_chk_fail/);
  });

  test('checks the sizes of buffers that the C library fills', () => {
    assert.match(imports, /UND __mem(cpy|move|set)_chk/);
  });

  test('checks the bounds of containers', () => {
    assert.match(imports, /UND _ZSt21__glibcxx_assert_fail/);
  });

  // g++ writes down how it was called.
  test('was compiled with the same options throughout', () => {
    const units = read('--string-dump=.debug_str').match(/GNU C\+\+.*/g);
    assert.ok(units.length > 0);
    for (const unit of units) {
      assert.match(unit, /-fstack-protector-strong/);
      assert.match(unit, /-fstack-clash-protection/);
      if (process.arch === 'x64')
        assert.match(unit, /-fcf-protection=full/);
    }
  });
});
