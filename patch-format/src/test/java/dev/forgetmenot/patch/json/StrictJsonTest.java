package dev.forgetmenot.patch.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.gson.GsonBuilder;
import com.google.gson.ToNumberPolicy;
import com.google.gson.reflect.TypeToken;
import dev.forgetmenot.patch.error.PatchError;
import dev.forgetmenot.patch.error.PatchFormatException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is JSON here, and what is not: other readers of the same bytes must see the same values. */
class StrictJsonTest {

  private static Map<String, Object> read(String json) throws PatchFormatException {
    return StrictJson.read("x", json.getBytes(StandardCharsets.UTF_8));
  }

  private static void assertRefused(byte[] json, PatchError error) {
    assertThatThrownBy(() -> StrictJson.read("x", json))
        .as(new String(json, 0, Math.min(80, json.length), StandardCharsets.ISO_8859_1))
        .isInstanceOfSatisfying(
            PatchFormatException.class,
            e -> assertThat(e.error()).as(e.getMessage()).isEqualTo(error));
  }

  private static void assertRefused(String json, PatchError error) {
    assertRefused(json.getBytes(StandardCharsets.UTF_8), error);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "{ }",
        "{}\n",
        "{\t\r\n }",
        "{\"a\":1}",
        "{\"a\" : 1 , \"b\" : 2 }",
        "{\"\":0}",
        "{\"a\":{}}",
        "{\"a\":[]}",
        "{\"a\":[[],[[]]]}",
        "{\"a\":[1,\"1\",true,false,{}]}",
        "{\"a\":-0}",
        "{\"a\":0.5}",
        "{\"a\":1e5}",
        "{\"a\":1E+5}",
        "{\"a\":-1.25e-5}",
        "{\"a\":\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u0041\"}",
        "{\"a\":\"\\ud83d\\ude00\"}",
        "{\"a\":\"\\u0000\"}",
        "{\"a\":\"\u007f\u0080\u2028\ufeff\uffff\"}",
        "{\"a\":\"\ud83d\ude00\"}",
        "{\"é\":\"é\", \"e\u0301\":1}",
        "{\"a\":\"/* no comment */ // #\"}"
      })
  void isJson(String json) throws PatchFormatException {
    Map<String, Object> lenient =
        new GsonBuilder()
            .setObjectToNumberStrategy(ToNumberPolicy.BIG_DECIMAL)
            .create()
            .fromJson(json, new TypeToken<Map<String, Object>>() {});
    assertThat(read(json)).isEqualTo(lenient);
  }

  @Test
  void valuesAreWhatIsWritten() throws PatchFormatException {
    Map<String, Object> read =
        read("{\"a\":\"\\u0041\\n\\ud83d\\ude00\",\"b\":0.1,\"c\":123456789012345678901234567890}");
    assertThat(read.get("a")).isEqualTo("A\n\ud83d\ude00");
    assertThat(read.get("b")).isEqualTo(new BigDecimal("0.1"));
    assertThat(read.get("c")).isEqualTo(new BigDecimal("123456789012345678901234567890"));
    assertThat(read("{\"z\":1,\"a\":2}").keySet()).containsExactly("z", "a");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        // not an object, or more than one
        "",
        " ",
        "[]",
        "1",
        "\"a\"",
        "true",
        "null",
        " {}",
        "\n{}",
        "\ufeff{}",
        ")]}'\n{}",
        "{}{}",
        "{},",
        "{}1",
        "{}}",
        "{}\u0000",
        "{} x",
        "{",
        "}",
        "{\"a\":1",
        "{\"a\":[1}",
        "{\"a\":{]}",
        // commas and colons
        "{,}",
        "{\"a\":1,}",
        "{,\"a\":1}",
        "{\"a\":1,,\"b\":2}",
        "{\"a\":[1,]}",
        "{\"a\":[,1]}",
        "{\"a\":[1,,2]}",
        "{\"a\" 1}",
        "{\"a\"=1}",
        "{\"a\"=>1}",
        "{\"a\"::1}",
        "{\"a\":}",
        "{:1}",
        "{\"a\":1;\"b\":2}",
        "{\"a\":1 \"b\":2}",
        "{\"a\":[1 2]}",
        "{\"a\":[1;2]}",
        "{\"a\"}",
        // comments
        "{/**/}",
        "{//\n}",
        "{#\n}",
        "{\"a\":/* x */1}",
        "{}//",
        "{}/* */",
        "{} #",
        "{\"a\":1<!-- -->}",
        // names and texts
        "{a:1}",
        "{'a':1}",
        "{\"a\":'b'}",
        "{\"a\":b}",
        "{1:1}",
        "{null:1}",
        "{true:1}",
        "{\"a\":\"\\x41\"}",
        "{\"a\":\"\\'\"}",
        "{\"a\":\"\\a\"}",
        "{\"a\":\"\\u12\"}",
        "{\"a\":\"\\u12g4\"}",
        "{\"a\":\"\\U0041\"}",
        "{\"a\":\"\\\n\"}",
        "{\"a\":\"\\\"}",
        "{\"a\":\"b}",
        "{\"a\":\"b\n\"}",
        "{\"a\":\"b\tc\"}",
        "{\"a\":\"\u0000\"}",
        "{\"a\":\"\u001f\"}",
        "{\"a\":\"\\ud800\"}",
        "{\"a\":\"\\udc00\"}",
        "{\"a\":\"\\udc00\\ud800\"}",
        "{\"a\":\"\\ud800\\u0041\"}",
        "{\"\\ud800\":1}",
        // numbers and words
        "{\"a\":01}",
        "{\"a\":-01}",
        "{\"a\":+1}",
        "{\"a\":.5}",
        "{\"a\":1.}",
        "{\"a\":-}",
        "{\"a\":1e}",
        "{\"a\":1e+}",
        "{\"a\":0x10}",
        "{\"a\":1_000}",
        "{\"a\":1f}",
        "{\"a\":1L}",
        "{\"a\":\u0661}",
        "{\"a\":NaN}",
        "{\"a\":nan}",
        "{\"a\":Infinity}",
        "{\"a\":-Infinity}",
        "{\"a\":inf}",
        "{\"a\":True}",
        "{\"a\":TRUE}",
        "{\"a\":tru}",
        "{\"a\":yes}",
        "{\"a\":undefined}",
        "{\"a\":None}",
        "{\"a\":NULL}",
        // white space that is none
        "{\u00a0}",
        "{\u2028}",
        "{\u000b}",
        "{\u000c}",
        "{\u0000}",
        "{\ufeff}"
      })
  void isNoJson(String json) {
    assertRefused(json, PatchError.SYNTAX);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"a\":1,\"a\":1}",
        "{\"a\":1,\"\\u0061\":2}",
        "{\"a\":{\"b\":1,\"b\":2}}",
        "{\"a\":[{\"b\":1,\"b\":2}]}",
        "{\"\":1,\"\":2}"
      })
  void keysAreUnique(String json) {
    assertRefused(json, PatchError.DUPLICATE_KEY);
  }

  @ParameterizedTest
  @CsvSource({"null", "1e401", "1e-401", "1e99999999999", "-1e2147483648", "1e-2147483648"})
  void valuesOutOfRange(String value) {
    assertRefused("{\"a\":" + value + "}", PatchError.TYPE_OR_RANGE);
    assertRefused("{\"a\":[" + value + "]}", PatchError.TYPE_OR_RANGE);
  }

  @Test
  void numbersAreShort() throws PatchFormatException {
    read("{\"a\":" + "1".repeat(40) + "}");
    assertRefused("{\"a\":" + "1".repeat(41) + "}", PatchError.TYPE_OR_RANGE);
    assertRefused("{\"a\":0." + "0".repeat(500) + "1}", PatchError.TYPE_OR_RANGE);
    assertRefused("{\"a\":0." + "0".repeat(5000) + "1}", PatchError.SYNTAX);
  }

  /** Sequences that are not UTF-8, each inside a text. */
  @Test
  void bytesAreUtf8() {
    int[][] wrong = {
      {0x80},
      {0xbf},
      {0xc0, 0x80},
      {0xc1, 0xbf},
      {0xc3},
      {0xe0, 0x80, 0x80},
      {0xe0, 0x9f, 0xbf},
      {0xe2, 0x82},
      {0xed, 0xa0, 0x80},
      {0xed, 0xbf, 0xbf},
      {0xf0, 0x80, 0x80, 0x80},
      {0xf0, 0x8f, 0xbf, 0xbf},
      {0xf4, 0x90, 0x80, 0x80},
      {0xf8, 0x88, 0x80, 0x80, 0x80},
      {0xfe},
      {0xff}
    };
    for (int[] sequence : wrong) {
      byte[] json = new byte[8 + sequence.length];
      System.arraycopy("{\"a\":\"".getBytes(StandardCharsets.US_ASCII), 0, json, 0, 6);
      IntStream.range(0, sequence.length).forEach(i -> json[6 + i] = (byte) sequence[i]);
      json[json.length - 2] = '"';
      json[json.length - 1] = '}';
      assertRefused(json, PatchError.UTF8);
    }
    assertRefused("{}".getBytes(StandardCharsets.UTF_16), PatchError.UTF8);
    assertRefused("{}".getBytes(StandardCharsets.UTF_16LE), PatchError.SYNTAX);
  }

  @Test
  void depthAndSizeAreBounded() throws PatchFormatException {
    read("{\"a\":" + "[".repeat(15) + "]".repeat(15) + "}");
    assertRefused("{\"a\":" + "[".repeat(16) + "]".repeat(16) + "}", PatchError.TOO_DEEP_OR_LARGE);
    assertRefused("{\"a\":".repeat(16) + "{}" + "}".repeat(16), PatchError.TOO_DEEP_OR_LARGE);
    assertRefused("{\"a\":" + "[".repeat(200_000), PatchError.TOO_DEEP_OR_LARGE);
    assertRefused("{\"a\":".repeat(100_000), PatchError.TOO_DEEP_OR_LARGE);
    read("{\"a\":[" + "1,".repeat(19_998) + "1]}");
    assertRefused("{\"a\":[" + "1,".repeat(19_999) + "1]}", PatchError.TOO_DEEP_OR_LARGE);
    read("{\"a\":\"" + "b".repeat(8192) + "\"}");
    assertRefused("{\"a\":\"" + "b".repeat(8193) + "\"}", PatchError.TOO_DEEP_OR_LARGE);
    assertRefused("{\"" + "a".repeat(8193) + "\":1}", PatchError.TOO_DEEP_OR_LARGE);
    read("{\"description\":\"" + "b".repeat(65536) + "\"}");
    assertRefused("{\"description\":\"" + "b".repeat(65537) + "\"}", PatchError.TOO_DEEP_OR_LARGE);
    assertRefused("{" + " ".repeat(1 << 20) + "}", PatchError.TOO_DEEP_OR_LARGE);
  }
}
