// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.sourcetree;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/** Checks what GitHub alone would find wrong: workflows and issue forms. */
class GitHubFilesTest {

  private static final String WORKFLOWS = ".github/workflows";
  private static final String FORMS = ".github/ISSUE_TEMPLATE";
  private static final Path RUN = SourceTree.ROOT.resolve(".ci/run");
  private static final Pattern PARTS = Pattern.compile("(?m)^parts=\\((.*)\\)$");
  private static final Pattern CALL = Pattern.compile("\\.ci/run +(\\S.*)");
  private static final String MATRIX_PART = "${{ matrix.part }}";

  static List<Path> workflows() {
    return SourceTree.files(WORKFLOWS, ".yml");
  }

  static List<Path> forms() {
    return SourceTree.files(FORMS, ".yml").stream()
        .filter(form -> !form.endsWith("config.yml"))
        .toList();
  }

  @Test
  void thereAreWorkflowsAndForms() {
    assertThat(workflows()).isNotEmpty();
    assertThat(forms()).hasSizeGreaterThanOrEqualTo(3);
  }

  @ParameterizedTest
  @MethodSource("workflows")
  void eachJobHasAMachineATimeLimitAndSteps(Path workflow) throws IOException {
    // YAML 1.1 reads the key "on" as true
    assertThat(document(workflow)).containsKeys("name", true, "permissions", "jobs");
    assertThat(map(document(workflow).get("jobs")).values()).isNotEmpty().allSatisfy(job -> {
      assertThat(map(job)).containsKeys("runs-on", "timeout-minutes");
      assertThat(list(map(job).get("steps")))
          .isNotEmpty()
          .allSatisfy(step -> assertThat(map(step).keySet()).containsAnyOf("uses", "run"));
    });
  }

  @ParameterizedTest
  @MethodSource("workflows")
  void eachPartThatAWorkflowRunsIsOneOfTheScript(Path workflow) throws IOException {
    assertThat(parts()).containsAll(partsOf(workflow));
  }

  @Test
  void theWorkflowsRunEachPartOfTheScriptOnce() throws IOException {
    List<String> run = new ArrayList<>();
    for (Path workflow : workflows()) {
      run.addAll(partsOf(workflow));
    }

    assertThat(run).containsExactlyInAnyOrderElementsOf(parts());
  }

  @Test
  void eachPartIsAFunctionOfTheScript() throws IOException {
    String script = Files.readString(RUN);

    assertThat(parts())
        .isNotEmpty()
        .allSatisfy(
            part -> assertThat(script).contains("\npart_" + part.replace('-', '_') + "() {\n"));
  }

  /** The keys that GitHub's form schema requires; a form without them is not offered. */
  @ParameterizedTest
  @MethodSource("forms")
  void eachIssueFormHasWhatGitHubRequires(Path form) throws IOException {
    assertThat(document(form)).containsKeys("name", "description", "body");
    List<Object> ids = new ArrayList<>();
    assertThat(list(document(form).get("body"))).isNotEmpty().allSatisfy(field -> {
      assertThat(map(field)).containsKeys("type", "attributes");
      if (!"markdown".equals(map(field).get("type"))) {
        ids.add(map(field).get("id"));
        assertThat(map(map(field).get("attributes"))).containsKey("label");
      }
    });
    assertThat(ids).isNotEmpty().doesNotContainNull().doesNotHaveDuplicates();
  }

  @Test
  void theFormsCanBeChosen() throws IOException {
    assertThat(document(SourceTree.ROOT.resolve(FORMS + "/config.yml")))
        .containsEntry("blank_issues_enabled", false);
  }

  private static List<String> parts() throws IOException {
    return PARTS
        .matcher(Files.readString(RUN))
        .results()
        .flatMap(found -> Pattern.compile(" ").splitAsStream(found.group(1)))
        .toList();
  }

  private static List<String> partsOf(Path workflow) throws IOException {
    List<String> named = new ArrayList<>();
    for (Object job : map(document(workflow).get("jobs")).values()) {
      for (Object step : list(map(job).get("steps"))) {
        CALL.matcher(String.valueOf(map(step).get("run")))
            .results()
            .map(GitHubFilesTest::arguments)
            .forEach(call -> named.addAll(
                call.equals(MATRIX_PART) ? matrixParts(map(job)) : List.of(call.split(" +"))));
      }
    }
    return named;
  }

  private static String arguments(MatchResult call) {
    return call.group(1).replaceAll("^[\"']|[\"']$", "");
  }

  private static List<String> matrixParts(Map<Object, Object> job) {
    Map<Object, Object> matrix = map(map(job.get("strategy")).get("matrix"));
    return list(matrix.get("part")).stream().map(String::valueOf).toList();
  }

  private static Map<Object, Object> document(Path file) throws IOException {
    LoaderOptions strict = new LoaderOptions();
    strict.setAllowDuplicateKeys(false);
    return map(new Yaml(new SafeConstructor(strict)).load(Files.readString(file)));
  }

  @SuppressWarnings("unchecked")
  private static Map<Object, Object> map(Object value) {
    assertThat(value).isInstanceOf(Map.class);
    return (Map<Object, Object>) value;
  }

  @SuppressWarnings("unchecked")
  private static List<Object> list(Object value) {
    assertThat(value).isInstanceOf(List.class);
    return (List<Object>) value;
  }
}
