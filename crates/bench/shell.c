/* The sqlite3 shell as far as a script needs it: opens a file and runs the statements of another. For machines whose
   sqlite3 is older than the one in the program, and does not know its search index. */
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>

int main(int count, char **given) {
  if (count != 3) return 2;
  FILE *file = fopen(given[2], "rb");
  if (!file) return 2;
  fseek(file, 0, SEEK_END);
  long size = ftell(file);
  rewind(file);
  char *script = malloc(size + 1);
  if (!script || fread(script, 1, size, file) != (size_t)size) return 2;
  script[size] = 0;
  sqlite3 *db;
  char *error = NULL;
  if (sqlite3_open(given[1], &db) != SQLITE_OK) return 1;
  sqlite3_busy_timeout(db, 10000);
  if (sqlite3_exec(db, script, NULL, NULL, &error) != SQLITE_OK) {
    fprintf(stderr, "%s\n", error);
    return 1;
  }
  return sqlite3_close(db) == SQLITE_OK ? 0 : 1;
}
