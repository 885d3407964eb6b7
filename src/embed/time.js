
// When the browser had each thing that a socket said, in that order. Asked for many at a time: a call into the
// program for each message of a busy server would take longer than much of what is done with it.
function watchTimes(socket) {
    const times = [];
    for (const name of ["message", "error", "close"]) {
        socket.addEventListener(name, (event) => times.push(event.timeStamp));
    }
    return times;
}

function takeTimes(times) {
    return times.splice(0);
}
