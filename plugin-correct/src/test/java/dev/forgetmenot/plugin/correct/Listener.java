package dev.forgetmenot.plugin.correct;

import dev.forgetmenot.api.edit.CorrectionGoal;
import dev.forgetmenot.api.edit.JobContext;
import dev.forgetmenot.api.edit.PictureJudge;
import dev.forgetmenot.api.edit.Vocabulary;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Keeps what a job says; can judge pictures, stop and resume where it is told so. */
final class Listener implements JobContext {
  final List<String> said = new ArrayList<>();
  final List<CorrectionGoal> goals = new ArrayList<>();
  final List<Double> losses = new ArrayList<>();
  private final Vocabulary vocabulary;
  private PictureJudge judge;
  private Path checkpoint;
  private boolean resuming;
  private int stopAfter = Integer.MAX_VALUE;

  Listener(Vocabulary vocabulary) {
    this.vocabulary = vocabulary;
  }

  Listener judgedBy(PictureJudge by) {
    judge = by;
    return this;
  }

  /** Stops behind so many training steps and leaves a state. */
  Listener stoppingAfter(int steps, Path state) {
    stopAfter = steps;
    checkpoint = state;
    return this;
  }

  Listener resuming(Path state) {
    resuming = true;
    checkpoint = state;
    return this;
  }

  @Override
  public void progress(String stage, long done, long total) {}

  @Override
  public void say(String line) {
    said.add(line);
  }

  @Override
  public void goal(CorrectionGoal goal) {
    goals.add(goal);
  }

  @Override
  public void trained(int step, int steps, double loss, double gradientNorm) {
    losses.add(loss);
  }

  @Override
  public boolean cancelled() {
    return losses.size() >= stopAfter;
  }

  @Override
  public Optional<PictureJudge> judge() {
    return Optional.ofNullable(judge);
  }

  @Override
  public Vocabulary vocabulary() {
    return vocabulary;
  }

  @Override
  public Optional<Path> checkpoint() {
    return Optional.ofNullable(checkpoint);
  }

  @Override
  public boolean resuming() {
    return resuming;
  }
}
