package dev.forgetmenot.plugin.correct;

import dev.forgetmenot.api.edit.EditGoal;
import dev.forgetmenot.api.edit.ImageClassifier;
import dev.forgetmenot.api.edit.JobContext;
import dev.forgetmenot.api.edit.KnownConcepts;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Keeps what a job says; can judge images, stop and resume where it is told so. */
final class Listener implements JobContext {
  final List<String> said = new ArrayList<>();
  final List<EditGoal> goals = new ArrayList<>();
  final List<Double> losses = new ArrayList<>();
  private final KnownConcepts vocabulary;
  private ImageClassifier judge;
  private Path checkpoint;
  private boolean resuming;
  private int stopAfter = Integer.MAX_VALUE;

  Listener(KnownConcepts vocabulary) {
    this.vocabulary = vocabulary;
  }

  Listener judgedBy(ImageClassifier by) {
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
  public void goal(EditGoal goal) {
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
  public Optional<ImageClassifier> judge() {
    return Optional.ofNullable(judge);
  }

  @Override
  public KnownConcepts knownConcepts() {
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
