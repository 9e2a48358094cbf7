package dev.forgetmenot.patch;

/** The stable codes of what can be wrong with a patch; each has an anchor in troubleshooting.md. */
public enum PatchError {
  NOT_A_ZIP(101),
  PREFIX_OR_TRAILING(102),
  GAP_OR_OVERLAP(103),
  HEADER_MISMATCH(104),
  DUPLICATE_ENTRY(105),
  BAD_ENTRY_NAME(106),
  METHOD_OR_FLAG(107),
  ZIP64(108),
  ENCRYPTED(109),
  CRC(110),
  SIZE_LIMIT(111),
  MIMETYPE(112),
  COMMENT_OR_EXTRA(113),
  UNLISTED(114),
  MISSING(115),
  DIGEST(116),
  CHANGED_WHILE_READING(117),
  UTF8(201),
  SYNTAX(202),
  DUPLICATE_KEY(203),
  TOO_DEEP_OR_LARGE(204),
  UNKNOWN_MEMBER(205),
  TYPE_OR_RANGE(206),
  MAJOR_VERSION(207),
  FEATURE(208),
  INCONSISTENT(209),
  TENSOR_HEADER(301),
  TENSOR_OFFSETS(302),
  TENSOR_DTYPE(303),
  TENSOR_SHAPE(304),
  UNDECLARED_OR_MISSING(305),
  NON_FINITE(306),
  PICKLE(307),
  NORM_LIMIT(308),
  RANK_OR_ALPHA(309),
  ARCHITECTURE(501),
  TENSOR_MISSING(502),
  BASE_SHAPE(503),
  VALUES_DIFFER(504),
  TOKENIZER(505),
  CHANGED_ON_DISK(506),
  CONFLICT(601),
  REQUIRES(602),
  STRENGTH(603),
  ILL_CONDITIONED(604),
  DRIFT(605),
  RESULT_MISMATCH(606);

  private final int code;

  PatchError(int code) {
    this.code = code;
  }

  /** The code as users see it, such as {@code FMN-504}. */
  public String code() {
    return "FMN-" + code;
  }
}
