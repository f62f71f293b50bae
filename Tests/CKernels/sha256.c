// SHA-256, by the processor's instructions where it has them, and in plain C.
#include "checks.h"
#include <string.h>

typedef void (*compression)(uint32_t *, const uint8_t *, size_t);

// Section 5.3.3 of FIPS 180-4.
static const uint32_t initial[8] = {
  0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19,
};

// A message is what is repeated, with the padding of section 5.1.1.
static void digests(const char *name, compression compress, const char *text, size_t times, const uint32_t *digest) {
  size_t length = strlen(text) * times, blocks = (length + 9 + 63) / 64;
  uint8_t *message = guarded(64 * blocks);
  uint32_t *state = guarded(sizeof initial);
  memset(message, 0, 64 * blocks);
  for (size_t i = 0; i < times; i++) memcpy(message + i * strlen(text), text, strlen(text));
  message[length] = 0x80;
  for (size_t i = 0; i < 8; i++) message[64 * blocks - 1 - i] = (uint8_t)((uint64_t)length * 8 >> 8 * i);
  memcpy(state, initial, sizeof initial);
  // In two parts, of which the first may be empty.
  compress(state, message, blocks / 2);
  compress(state, message + blocks / 2 * 64, blocks - blocks / 2);
  testing("%s, %zu bytes", name, length);
  expect_same_integers((const int32_t *)state, (const int32_t *)digest, 8);
  release();
}

static void test_vectors(const char *name, compression compress) {
  // FIPS 180-4's examples, and a million times "a".
  const struct {
    const char *text;
    size_t times;
    uint32_t digest[8];
  } vectors[] = {
    {"", 1,
     {0xe3b0c442, 0x98fc1c14, 0x9afbf4c8, 0x996fb924, 0x27ae41e4, 0x649b934c, 0xa495991b, 0x7852b855}},
    {"abc", 1,
     {0xba7816bf, 0x8f01cfea, 0x414140de, 0x5dae2223, 0xb00361a3, 0x96177a9c, 0xb410ff61, 0xf20015ad}},
    {"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", 1,
     {0x248d6a61, 0xd20638b8, 0xe5c02693, 0x0c3e6039, 0xa33ce459, 0x64ff2167, 0xf6ecedd4, 0x19db06c1}},
    {"a", 1000000,
     {0xcdc76e5c, 0x9914fb92, 0x81a1c7e2, 0x84d73e67, 0xf1809a48, 0xa497200e, 0x046d39cc, 0xc7112cd0}},
  };
  for (size_t i = 0; i < sizeof vectors / sizeof *vectors; i++)
    digests(name, compress, vectors[i].text, vectors[i].times, vectors[i].digest);
}

void test_sha256(void) {
  test_vectors("ck_sha256", ck_sha256);
  test_vectors("ck_sha256_portable", ck_sha256_portable);
  // Bytes at any address.
  for (size_t blocks = 0; blocks < 8; blocks++) {
    uint8_t *data = guarded(64 * blocks + blocks);
    uint32_t fast[8], plain[8];
    for (size_t i = 0; i < 64 * blocks + blocks; i++) data[i] = (uint8_t)random_bits();
    for (size_t i = 0; i < 8; i++) fast[i] = plain[i] = random_bits();
    ck_sha256(fast, data, blocks);
    ck_sha256_portable(plain, data, blocks);
    testing("ck_sha256 and ck_sha256_portable, %zu blocks", blocks);
    expect_same_integers((const int32_t *)fast, (const int32_t *)plain, 8);
    release();
  }
}
