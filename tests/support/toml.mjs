// Writes plain objects as TOML: strings, numbers, booleans, arrays of strings,
// tables, and arrays of tables. A key that is undefined is left out.

const isTable = (value) =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const isTableArray = (value) => Array.isArray(value) && value.some(isTable);

/** The text of a table whose full name is `path`. */
function table(object, path) {
  const lines = [];
  const inner = [];
  for (const [key, value] of Object.entries(object)) {
    const name = [...path, key];
    if (value === undefined)
      continue;
    if (isTableArray(value)) {
      for (const item of value)
        inner.push(`[[${name.join('.')}]]\n${table(item, name)}`);
    } else if (isTable(value)) {
      inner.push(`[${name.join('.')}]\n${table(value, name)}`);
    } else {
      lines.push(`${key} = ${JSON.stringify(value)}\n`);
    }
  }
  return lines.join('') + inner.join('');
}

export const toToml = (object) => table(object, []);
