
// Loads a part of the program when it is first needed, into the memory and the table of the rest. One that
// did not load is asked for again by the next who needs it.
const pieces = {};

function piece(file) {
    return pieces[file] ??= load(file).catch((error) => {
        delete pieces[file];
        throw error;
    });
}

async function load(file) {
    const response = await fetch(new URL(file, import.meta.url));
    if (!response.ok) throw new Error(`${response.url} answered ${response.status}`);
    const imports = { __wasm_split: { __SHARED__ } };
    // A server that does not know wasm by name gets in nobody's way.
    return response.headers.get("content-type") === "application/wasm"
        ? WebAssembly.instantiateStreaming(response, imports)
        : WebAssembly.instantiate(await response.arrayBuffer(), imports);
}

function chunk(...files) {
    return async (callback, data) => {
        const isLoaded = await Promise.all(files.map(piece)).then(() => true, () => false);
        wasm.__indirect_function_table.get(callback)(data, isLoaded);
    };
}
