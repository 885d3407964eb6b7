
// Loads a part of the program when it is first needed, into the memory and the table of the rest. One that
// did not load is asked for again by the next who needs it.
const pieces = {};

function piece(name) {
    return pieces[name] ??= load(name).catch((error) => {
        delete pieces[name];
        throw error;
    });
}

async function load(name) {
    const response = await fetch(new URL(`__STEM__${name}.wasm`, import.meta.url));
    if (!response.ok) throw new Error(`${response.url} answered ${response.status}`);
    const imports = { __wasm_split: { __SHARED__ } };
    // A server that does not know wasm by name gets in nobody's way.
    return response.headers.get("content-type") === "application/wasm"
        ? WebAssembly.instantiateStreaming(response, imports)
        : WebAssembly.instantiate(await response.arrayBuffer(), imports);
}

function chunk(...names) {
    return async (callback, data) => {
        const isLoaded = await Promise.all(names.map(piece)).then(() => true, () => false);
        wasm.__indirect_function_table.get(callback)(data, isLoaded);
    };
}
