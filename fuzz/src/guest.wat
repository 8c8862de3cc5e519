;; A guest without Python: `run` obeys a script, so that a fuzzer reaches every host function as
;; fast as a contract never could. The script is the calldata bytes that are called; a list of
;; operations, each a byte (modulo 20) and its arguments (little-endian):
;;
;;   0 gl-call, u16 length, request          1 storage-read, slot, u32 offset, u32 length
;;   2 storage-write, slot, u32 offset, u16 length, data
;;   3 balance-of, u16 length, address       4 self-balance
;;   5 keccak256, u16 length, data           6 log, u8 stream, u16 length, text
;;   7 return the rest                       8 user error: the rest
;;   9 exit, i32 code                       10 trap
;;  11 grow the memory, u8 pages           255 loop for ever
;;  12 blob-read, slot, u16 offset         13 blob-write, slot, u16 offset, u16 length, data
;;  14 map-find, MAP                       15 map-get, MAP, u8 form
;;  16 map-put, MAP, u8 form, u16 length, data
;;  17 map-insert, MAP                     18 map-remove, MAP
;;  19 map-scan, MAP without a key, u8 whether there is a start, u16 length, start, u8 size of a
;;     key, u8 mode, u8 form, u16 limit
;;
;; MAP is slot, u8 offset, u8 order, u8 size of a value, u16 length, key.
;; A slot is one byte, repeated 32 times; from 240 on the slot has another length. The bump
;; allocator keeps its mark in memory, so that putting memory back puts everything back.
(component
  (import "venire:contract/host@0.1.0" (instance $host
    (export "storage-read" (func (param "slot" (list u8)) (param "offset" u32) (param "len" u32)
      (result (result (list u8) (error u32)))))
    (export "storage-write" (func (param "slot" (list u8)) (param "offset" u32) (param "data" (list u8))
      (result (result (error u32)))))
    (export "blob-read" (func (param "slot" (list u8)) (param "offset" u32)
      (result (result (list u8) (error u32)))))
    (export "blob-write" (func (param "slot" (list u8)) (param "offset" u32) (param "data" (list u8))
      (result (result (error u32)))))
    (export "map-find" (func (param "slot" (list u8)) (param "offset" u32) (param "order" u8) (param "value" u32)
      (param "key" (list u8)) (result (result u32 (error u32)))))
    (export "map-get" (func (param "slot" (list u8)) (param "offset" u32) (param "order" u8) (param "value" u32)
      (param "key" (list u8)) (param "form" u8) (result (result (option (list u8)) (error u32)))))
    (export "map-put" (func (param "slot" (list u8)) (param "offset" u32) (param "order" u8) (param "value" u32)
      (param "key" (list u8)) (param "form" u8) (param "data" (list u8)) (result (result (error u32)))))
    (export "map-insert" (func (param "slot" (list u8)) (param "offset" u32) (param "order" u8) (param "value" u32)
      (param "key" (list u8)) (result (result u32 (error u32)))))
    (export "map-remove" (func (param "slot" (list u8)) (param "offset" u32) (param "order" u8) (param "value" u32)
      (param "key" (list u8)) (result (result bool (error u32)))))
    (export "map-scan" (func (param "slot" (list u8)) (param "offset" u32) (param "order" u8) (param "value" u32)
      (param "start" (option (list u8))) (param "key" u32) (param "mode" u8) (param "form" u8) (param "limit" u32)
      (result (result (tuple (list (tuple u32 (list u8) (list u8))) bool) (error u32)))))
    (export "balance-of" (func (param "address" (list u8)) (result (result (list u8) (error u32)))))
    (export "self-balance" (func (result (result (list u8) (error u32)))))
    (export "gl-call" (func (param "request" (list u8)) (result (result (option (list u8)) (error u32)))))
    (export "keccak256" (func (param "data" (list u8)) (result (list u8))))
    (export "log" (func (param "fd" u8) (param "data" (list u8))))))

  (core module $base
    (memory (export "memory") 16)
    (func (export "realloc") (param $old i32) (param $size i32) (param $align i32) (param $new i32) (result i32)
      (local $at i32) (local $end i32)
      (local.set $at (i32.and
        (i32.add (i32.load (i32.const 0)) (i32.sub (local.get $align) (i32.const 1)))
        (i32.sub (i32.const 0) (local.get $align))))
      (local.set $end (i32.add (local.get $at) (local.get $new)))
      (if (i32.lt_u (local.get $end) (local.get $at)) (then unreachable))
      (block $fits
        (loop $more
          (br_if $fits (i32.le_u (local.get $end) (i32.mul (memory.size) (i32.const 65536))))
          (if (i32.eq (memory.grow (i32.const 16)) (i32.const -1)) (then unreachable))
          (br $more)))
      (i32.store (i32.const 0) (local.get $end))
      (memory.copy (local.get $at) (local.get $old) (local.get $size))
      (local.get $at))
    (data (i32.const 0) "\00\10\00\00")
    (data (i32.const 512) "venire: here is the memory of the sandbox"))
  (core instance $base (instantiate $base))

  (core func $storage_read (canon lower (func $host "storage-read") (memory $base "memory") (realloc (func $base "realloc"))))
  (core func $storage_write (canon lower (func $host "storage-write") (memory $base "memory") (realloc (func $base "realloc"))))
  (core func $balance_of (canon lower (func $host "balance-of") (memory $base "memory") (realloc (func $base "realloc"))))
  (core func $self_balance (canon lower (func $host "self-balance") (memory $base "memory") (realloc (func $base "realloc"))))
  (core func $gl_call (canon lower (func $host "gl-call") (memory $base "memory") (realloc (func $base "realloc"))))
  (core func $keccak (canon lower (func $host "keccak256") (memory $base "memory") (realloc (func $base "realloc"))))
  (core func $log (canon lower (func $host "log") (memory $base "memory") (realloc (func $base "realloc"))))
  (core func $blob_read (canon lower (func $host "blob-read") (memory $base "memory") (realloc (func $base "realloc"))))
  (core func $blob_write (canon lower (func $host "blob-write") (memory $base "memory") (realloc (func $base "realloc"))))
  (core func $map_find (canon lower (func $host "map-find") (memory $base "memory") (realloc (func $base "realloc"))))
  (core func $map_get (canon lower (func $host "map-get") (memory $base "memory") (realloc (func $base "realloc"))))
  (core func $map_put (canon lower (func $host "map-put") (memory $base "memory") (realloc (func $base "realloc"))))
  (core func $map_insert (canon lower (func $host "map-insert") (memory $base "memory") (realloc (func $base "realloc"))))
  (core func $map_remove (canon lower (func $host "map-remove") (memory $base "memory") (realloc (func $base "realloc"))))
  (core func $map_scan (canon lower (func $host "map-scan") (memory $base "memory") (realloc (func $base "realloc"))))
  (core instance $lowered
    (export "blob-read" (func $blob_read))
    (export "blob-write" (func $blob_write))
    (export "map-find" (func $map_find))
    (export "map-get" (func $map_get))
    (export "map-put" (func $map_put))
    (export "map-insert" (func $map_insert))
    (export "map-remove" (func $map_remove))
    (export "map-scan" (func $map_scan))
    (export "storage-read" (func $storage_read))
    (export "storage-write" (func $storage_write))
    (export "balance-of" (func $balance_of))
    (export "self-balance" (func $self_balance))
    (export "gl-call" (func $gl_call))
    (export "keccak256" (func $keccak))
    (export "log" (func $log)))

  (core module $player
    (import "base" "memory" (memory 16))
    (import "host" "storage-read" (func $storage_read (param i32 i32 i32 i32 i32)))
    (import "host" "storage-write" (func $storage_write (param i32 i32 i32 i32 i32 i32)))
    (import "host" "blob-read" (func $blob_read (param i32 i32 i32 i32)))
    (import "host" "blob-write" (func $blob_write (param i32 i32 i32 i32 i32 i32)))
    (import "host" "map-find" (func $map_find (param i32 i32 i32 i32 i32 i32 i32 i32)))
    (import "host" "map-get" (func $map_get (param i32 i32 i32 i32 i32 i32 i32 i32 i32)))
    (import "host" "map-put" (func $map_put (param i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32)))
    (import "host" "map-insert" (func $map_insert (param i32 i32 i32 i32 i32 i32 i32 i32)))
    (import "host" "map-remove" (func $map_remove (param i32 i32 i32 i32 i32 i32 i32 i32)))
    (import "host" "map-scan" (func $map_scan (param i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32)))
    (import "host" "balance-of" (func $balance_of (param i32 i32 i32)))
    (import "host" "self-balance" (func $self_balance (param i32)))
    (import "host" "gl-call" (func $gl_call (param i32 i32 i32)))
    (import "host" "keccak256" (func $keccak (param i32 i32 i32)))
    (import "host" "log" (func $log (param i32 i32 i32)))

    (global $at (mut i32) (i32.const 0))
    (global $end (mut i32) (i32.const 0))
    ;; Length of what was taken last: a function has one result, so that its calls can be counted.
    (global $length (mut i32) (i32.const 0))

    ;; The next byte of the script, 0 behind its end.
    (func $u8 (result i32)
      (if (result i32) (i32.lt_u (global.get $at) (global.get $end))
        (then
          (global.set $at (i32.add (global.get $at) (i32.const 1)))
          (i32.load8_u (i32.sub (global.get $at) (i32.const 1))))
        (else (i32.const 0))))
    (func $u16 (result i32)
      (i32.or (call $u8) (i32.shl (call $u8) (i32.const 8))))
    (func $u32 (result i32)
      (i32.or (call $u16) (i32.shl (call $u16) (i32.const 16))))
    ;; Takes bytes with a length before them; their place.
    (func $data (result i32)
      (local $place i32)
      (global.set $length (call $u16))
      (if (i32.gt_u (global.get $length) (i32.sub (global.get $end) (global.get $at)))
        (then (global.set $length (i32.sub (global.get $end) (global.get $at)))))
      (local.set $place (global.get $at))
      (global.set $at (i32.add (global.get $at) (global.get $length)))
      (local.get $place))
    (func $slot (result i32)
      (local $byte i32)
      (local.set $byte (call $u8))
      (memory.fill (i32.const 256) (local.get $byte) (i32.const 64))
      (global.set $length
        (if (result i32) (i32.lt_u (local.get $byte) (i32.const 240))
          (then (i32.const 32))
          (else (i32.sub (local.get $byte) (i32.const 216)))))
      (i32.const 256))
    (func $returned (param $place i32) (param $len i32) (result i32)
      (i32.store (i32.const 128) (i32.const 0))
      (i32.store (i32.const 132) (local.get $place))
      (i32.store (i32.const 136) (local.get $len))
      (i32.const 128))

    (func (export "start") (result i32)
      (i32.store (i32.const 64) (i32.const 512))
      (i32.store (i32.const 68) (i32.const 512))
      (i32.store (i32.const 72) (i32.const 41))
      (i32.const 64))
    (func (export "prepare") (param i32 i32 i32) (result i32)
      (i32.const 1))
    (func (export "compile") (param $name i32) (param i32) (param $code i32) (param $len i32) (result i32)
      (i32.store (i32.const 64) (i32.const 0))
      (i32.store (i32.const 68) (local.get $code))
      (i32.store (i32.const 72) (local.get $len))
      (i32.const 64))
    (func (export "run")
      (param i32 i32 i32) (param $kind i32) (param i32 i32) (param $call i32) (param $len i32) (param i64) (result i32)
      (local $op i32) (local $a i32) (local $b i32) (local $c i32)
      ;; A sandbox returns nothing, a block agrees, and so does a call that brings no script.
      (i32.store8 (i32.const 48) (select (i32.const 0x10) (i32.const 0) (i32.eq (local.get $kind) (i32.const 2))))
      (if (local.get $kind) (then (return (call $returned (i32.const 48) (i32.const 1)))))
      (if (i32.or (i32.lt_u (local.get $len) (i32.const 5)) (i32.ne (i32.load8_u (local.get $call)) (i32.const 115)))
        (then (return (call $returned (i32.const 48) (i32.const 1)))))
      (global.set $at (i32.add (local.get $call) (i32.const 5)))
      (global.set $end (i32.add (local.get $call) (local.get $len)))
      (loop $next
        (if (i32.ge_u (global.get $at) (global.get $end))
          (then (return (call $returned (i32.const 48) (i32.const 1)))))
        (local.set $op (call $u8))
        (if (i32.eq (local.get $op) (i32.const 255)) (then (loop $ever (br $ever))))
        (local.set $op (i32.rem_u (local.get $op) (i32.const 20)))
        (if (i32.eq (local.get $op) (i32.const 0)) (then
          (call $data) (global.get $length) (local.set $b) (local.set $a)
          (call $gl_call (local.get $a) (local.get $b) (i32.const 64))
          (br $next)))
        (if (i32.eq (local.get $op) (i32.const 1)) (then
          (call $slot) (global.get $length) (local.set $b) (local.set $a)
          (call $storage_read (local.get $a) (local.get $b) (call $u32) (call $u32) (i32.const 64))
          (br $next)))
        (if (i32.eq (local.get $op) (i32.const 2)) (then
          (call $slot) (global.get $length) (local.set $b) (local.set $a)
          (local.set $c (call $u32))
          (call $storage_write (local.get $a) (local.get $b) (local.get $c) (call $data) (global.get $length) (i32.const 64))
          (br $next)))
        (if (i32.eq (local.get $op) (i32.const 3)) (then
          (call $balance_of (call $data) (global.get $length) (i32.const 64))
          (br $next)))
        (if (i32.eq (local.get $op) (i32.const 4)) (then
          (call $self_balance (i32.const 64))
          (br $next)))
        (if (i32.eq (local.get $op) (i32.const 5)) (then
          (call $keccak (call $data) (global.get $length) (i32.const 64))
          (br $next)))
        (if (i32.eq (local.get $op) (i32.const 6)) (then
          (call $log (call $u8) (call $data) (global.get $length))
          (br $next)))
        (if (i32.eq (local.get $op) (i32.const 7)) (then
          (return (call $returned (global.get $at) (i32.sub (global.get $end) (global.get $at))))))
        (if (i32.eq (local.get $op) (i32.const 8)) (then
          (drop (call $returned (global.get $at) (i32.sub (global.get $end) (global.get $at))))
          (i32.store (i32.const 128) (i32.const 1))
          (return (i32.const 128))))
        (if (i32.eq (local.get $op) (i32.const 9)) (then
          (memory.fill (i32.const 128) (i32.const 0) (i32.const 64))
          (i32.store (i32.const 128) (i32.const 2))
          (i32.store (i32.const 132) (call $u32))
          (return (i32.const 128))))
        (if (i32.eq (local.get $op) (i32.const 10)) (then unreachable))
        (if (i32.eq (local.get $op) (i32.const 12)) (then
          (call $blob_read (call $slot) (global.get $length) (call $u16) (i32.const 64))
          (br $next)))
        (if (i32.eq (local.get $op) (i32.const 13)) (then
          (call $blob_write (call $slot) (global.get $length) (call $u16) (call $data) (global.get $length) (i32.const 64))
          (br $next)))
        (if (i32.eq (local.get $op) (i32.const 14)) (then
          (call $map_find (call $slot) (global.get $length) (call $u8) (call $u8) (call $u8) (call $data) (global.get $length) (i32.const 64))
          (br $next)))
        (if (i32.eq (local.get $op) (i32.const 15)) (then
          (call $map_get (call $slot) (global.get $length) (call $u8) (call $u8) (call $u8) (call $data) (global.get $length) (call $u8) (i32.const 64))
          (br $next)))
        (if (i32.eq (local.get $op) (i32.const 16)) (then
          (call $map_put (call $slot) (global.get $length) (call $u8) (call $u8) (call $u8) (call $data) (global.get $length) (call $u8) (call $data) (global.get $length) (i32.const 64))
          (br $next)))
        (if (i32.eq (local.get $op) (i32.const 17)) (then
          (call $map_insert (call $slot) (global.get $length) (call $u8) (call $u8) (call $u8) (call $data) (global.get $length) (i32.const 64))
          (br $next)))
        (if (i32.eq (local.get $op) (i32.const 18)) (then
          (call $map_remove (call $slot) (global.get $length) (call $u8) (call $u8) (call $u8) (call $data) (global.get $length) (i32.const 64))
          (br $next)))
        (if (i32.eq (local.get $op) (i32.const 19)) (then
          (call $map_scan (call $slot) (global.get $length) (call $u8) (call $u8) (call $u8) (i32.and (call $u8) (i32.const 1)) (call $data) (global.get $length)
            (call $u8) (call $u8) (call $u8) (call $u16) (i32.const 64))
          (br $next)))
        (drop (memory.grow (call $u8)))
        (br $next))
      unreachable))
  (core instance $player (instantiate $player
    (with "base" (instance $base))
    (with "host" (instance $lowered))))

  (type $source_ (record (field "name" string) (field "is-package" bool) (field "code" (list u8)) (field "compiled" bool)))
  (export $source "source" (type $source_))
  (type $invocation_ (record (field "sources" (list $source)) (field "generation" u8) (field "entry-kind" u8)
    (field "message" (list u8)) (field "call" (list u8)) (field "seed" u64)))
  (export $invocation "invocation" (type $invocation_))
  (type $fault_ (record (field "kind" string) (field "message" string) (field "traceback" string) (field "location" string)))
  (export $fault "fault" (type $fault_))
  (type $outcome_ (variant (case "returned" (list u8)) (case "user-error" string) (case "exited" (tuple s32 $fault))))
  (export $outcome "outcome" (type $outcome_))

  (func $start (result (tuple u32 (list u8)))
    (canon lift (core func $player "start") (memory $base "memory") (realloc (func $base "realloc"))))
  (func $prepare (param "sources" (list $source)) (param "generation" u8) (result bool)
    (canon lift (core func $player "prepare") (memory $base "memory") (realloc (func $base "realloc"))))
  (func $compile (param "name" string) (param "code" (list u8)) (result (result (list u8) (error $fault)))
    (canon lift (core func $player "compile") (memory $base "memory") (realloc (func $base "realloc"))))
  (func $run (param "invocation" $invocation) (result $outcome)
    (canon lift (core func $player "run") (memory $base "memory") (realloc (func $base "realloc"))))
  (instance $guest
    (export "source" (type $source))
    (export "invocation" (type $invocation))
    (export "fault" (type $fault))
    (export "outcome" (type $outcome))
    (export "start" (func $start))
    (export "prepare" (func $prepare))
    (export "compile" (func $compile))
    (export "run" (func $run)))
  (export "venire:contract/guest@0.1.0" (instance $guest)))
