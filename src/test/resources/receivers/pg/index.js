// As much of npm's pg as the example receiver uses, so that its test needs no registry: a pool of connections to a server
// that trusts them. `mvn -Pnpm test` has the real one.

import { connect } from "node:net";

class Client {
  #socket;
  #received = Buffer.alloc(0);
  #waiting = []; // for ReadyForQuery, the first one is being answered
  #ended = null;

  constructor(url) {
    this.#socket = connect({ host: url.hostname, port: Number(url.port), noDelay: true });
    this.#socket.on("data", (data) => this.#read(data));
    this.#socket.on("error", (error) => this.#end(error));
    this.#socket.on("close", () => this.#end(new Error("the connection to PostgreSQL is closed")));
    const parameters = text("user", url.username, "database", url.pathname.slice(1), "");
    const startup = Buffer.concat([int32(196608), parameters]);
    this.ready = this.#expect();
    this.#socket.write(Buffer.concat([int32(startup.length + 4), startup]));
  }

  query(sql, values = []) {
    const answer = this.#expect();
    const parameters = values.map((value) => {
      const bytes = Buffer.from(String(value));
      return Buffer.concat([int32(bytes.length), bytes]);
    });
    this.#socket.write(
      Buffer.concat([
        message("P", text("", sql), int16(0)),
        message("B", text("", ""), int16(0), int16(values.length), ...parameters, int16(0)),
        message("D", Buffer.from("P"), text("")),
        message("E", text(""), int32(0)),
        message("S"),
      ]),
    );
    return answer;
  }

  close() {
    this.#socket.destroy();
  }

  #expect() {
    if (this.#ended) return Promise.reject(this.#ended);
    return new Promise((resolve, reject) => this.#waiting.push({ resolve, reject, names: [], rows: [], error: null }));
  }

  #read(data) {
    this.#received = Buffer.concat([this.#received, data]);
    while (this.#received.length >= 5 && this.#received.length > this.#received.readInt32BE(1)) {
      const end = this.#received.readInt32BE(1) + 1;
      const content = this.#received.subarray(5, end);
      this.#message(String.fromCharCode(this.#received[0]), content, this.#waiting[0]);
      this.#received = this.#received.subarray(end);
    }
  }

  #message(type, content, answer) {
    if (type === "T") {
      let at = 2;
      for (let i = content.readInt16BE(0); i > 0; i--) {
        const end = content.indexOf(0, at);
        answer.names.push(content.toString("utf8", at, end));
        at = end + 19;
      }
    } else if (type === "D") {
      let at = 2;
      const row = {};
      for (const name of answer.names) {
        const length = content.readInt32BE(at);
        row[name] = length < 0 ? null : content.toString("utf8", at + 4, at + 4 + length);
        at += 4 + Math.max(length, 0);
      }
      answer.rows.push(row);
    } else if (type === "E") {
      answer.error = new Error(content.toString("utf8").replaceAll("\0", " "));
    } else if (type === "Z") {
      this.#waiting.shift();
      if (answer.error) answer.reject(answer.error);
      else answer.resolve({ rows: answer.rows });
    }
  }

  #end(error) {
    this.#ended ??= error;
    for (const answer of this.#waiting.splice(0)) answer.reject(this.#ended);
  }
}

class Pool {
  #url;
  #left;
  #free = [];
  #waiting = [];

  constructor({ connectionString, max }) {
    this.#url = new URL(connectionString);
    this.#left = max;
  }

  on() {}

  async connect() {
    while (this.#free.length === 0 && this.#left === 0) await new Promise((resolve) => this.#waiting.push(resolve));
    const free = this.#free.pop();
    if (free) return free;
    this.#left--;
    const client = new Client(this.#url);
    client.release = (broken) => {
      if (broken) {
        client.close();
        this.#left++;
      } else {
        this.#free.push(client);
      }
      this.#waiting.shift()?.();
    };
    try {
      await client.ready;
      return client;
    } catch (error) {
      client.release(error);
      throw error;
    }
  }

  async query(sql, values) {
    const client = await this.connect();
    let broken = null;
    try {
      return await client.query(sql, values);
    } catch (error) {
      broken = error;
      throw error;
    } finally {
      client.release(broken);
    }
  }
}

function message(type, ...parts) {
  const content = Buffer.concat(parts);
  return Buffer.concat([Buffer.from(type), int32(content.length + 4), content]);
}

function text(...values) {
  return Buffer.from(values.map((value) => value + "\0").join(""));
}

function int16(value) {
  const buffer = Buffer.alloc(2);
  buffer.writeInt16BE(value);
  return buffer;
}

function int32(value) {
  const buffer = Buffer.alloc(4);
  buffer.writeInt32BE(value);
  return buffer;
}

export default { Pool };
