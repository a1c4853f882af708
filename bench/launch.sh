# Sourced by the commands of this folder: finds a JDK 25, builds what is missing, and runs a class of the benchmarks.

bench=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)

fail() {
  echo "$(basename "$0"): $1" >&2
  exit 2
}

# The first java that is 25 or later and has the Vector API: JAVA_HOME's, the PATH's, then where Linux and macOS keep them.
find_java() {
  local java version
  for java in "${JAVA_HOME:-/none}/bin/java" "$(command -v java || true)" /usr/lib/jvm/*/bin/java \
      /Library/Java/JavaVirtualMachines/*/Contents/Home/bin/java "$HOME"/.sdkman/candidates/java/*/bin/java; do
    if [ -x "$java" ]; then
      version=$("$java" -version 2>&1 | sed -n 's/.* version "\([0-9]*\).*/\1/p')
      if [ "${version:-0}" -ge 25 ] && "$java" --list-modules | grep -q '^jdk.incubator.vector@'; then
        echo "$java"
        return
      fi
    fi
  done
  fail "no JDK 25 with the module jdk.incubator.vector was found; install one, or set JAVA_HOME"
}

# Builds with Maven if something is missing or older than a source: with the peers if they can be had, else without.
build() {
  local marker=$bench/target/benchmarks.jar peers=$bench/peers/target/lib
  if [ ! -e "$marker" ] || [ ! -d "$peers" ] \
      || [ -n "$(cd "$bench/.." && find pom.xml kernels autograd layers bench \( -name target -prune \) -o \
          \( -path '*/src/main/*' -o -path '*/src/build/*' -o -name pom.xml \) -type f -newer "$marker" -print -quit)" ]; then
    echo "building ..." >&2
    rm -rf "$peers" # no jar of an older version stays on the class path
    (
      cd "$bench/.."
      if ! mvn -q -Ppeers -pl bench,bench/peers -am package -DskipTests; then
        echo "the peers could not be built; building without them" >&2
        mvn -q -pl bench -am package -DskipTests && mkdir -p "$peers"
      fi
    ) || fail "the build failed"
    touch "$marker"
  fi
}

launch() {
  local java
  java=$(find_java) || exit 2
  build >&2
  unset OPENBLAS_CORETYPE # the core that OpenBLAS runs on is its own choice
  exec "$java" --add-modules jdk.incubator.vector --enable-native-access=ALL-UNNAMED -Dbench.home="$bench" -Xms2g \
    -cp "$bench/target/benchmarks.jar:$bench/peers/target/lib/*" "$@" 2> >(grep -v 'Using incubator modules' >&2)
}
