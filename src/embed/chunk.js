
// Loads a part of the program when it is first needed, into the memory and the table of the rest. One that
// did not load is asked for again by the next who needs it.
const pieces = {};

// How to fetch a file that is checked against its hash; playground.js knows.
let fetchWhole;
export const use = (how) => (fetchWhole = how);

function piece(it) {
    return pieces[it] ??= load(it).catch((error) => {
        delete pieces[it];
        throw error;
    });
}

async function load(it) {
    const [name, hash] = it.split(" ");
    const response = await fetchWhole(new URL(`__STEM__${name}.wasm`, import.meta.url), hash);
    const imports = { __wasm_split: { __SHARED__ } };
    // A server that does not know wasm by name gets in nobody's way.
    return response.headers.get("content-type") === "application/wasm"
        ? WebAssembly.instantiateStreaming(response, imports)
        : WebAssembly.instantiate(await response.arrayBuffer(), imports);
}

// Whether the last part that did not come is there, but changed.
let isChanged = false;
function changed() {
    return isChanged;
}

function chunk(...all) {
    return async (callback, data) => {
        const isLoaded = await Promise.all(all.map(piece)).then(() => true, (error) => {
            isChanged = error.name === "Changed";
        });
        wasm.__indirect_function_table.get(callback)(data, !!isLoaded);
    };
}
