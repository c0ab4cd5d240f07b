// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title Codes of the nodes (specs/formulas.md)
library Code {
    uint256 internal constant ENTRY = 0x01;
    uint256 internal constant INPUT = 0x02;
    uint256 internal constant CONSTANT = 0x03;
    uint256 internal constant NUMBER = 0x04;
    uint256 internal constant LIST = 0x05;
    uint256 internal constant SHAPE = 0x06;
    uint256 internal constant RANGE = 0x07;
    uint256 internal constant FILL = 0x08;
    uint256 internal constant NAMED = 0x09;
    uint256 internal constant AGAIN = 0x0a;
    uint256 internal constant ADD = 0x10;
    uint256 internal constant SUB = 0x11;
    uint256 internal constant MUL = 0x12;
    uint256 internal constant MAX = 0x13;
    uint256 internal constant MIN = 0x14;
    uint256 internal constant EQUAL = 0x15;
    uint256 internal constant LESS = 0x16;
    uint256 internal constant GREATER = 0x17;
    uint256 internal constant AND = 0x18;
    uint256 internal constant OR = 0x19;
    uint256 internal constant DIV = 0x1a;
    uint256 internal constant NOT = 0x1b;
    uint256 internal constant FLOOR = 0x1c;
    uint256 internal constant ROUND = 0x1d;
    uint256 internal constant RELU = 0x1e;
    uint256 internal constant ROOT = 0x1f;
    uint256 internal constant CLIP = 0x20;
    uint256 internal constant HARD_SIGMOID = 0x21;
    uint256 internal constant WHERE = 0x22;
    uint256 internal constant RESHAPE = 0x30;
    uint256 internal constant TRANSPOSE = 0x31;
    uint256 internal constant CONCAT = 0x32;
    uint256 internal constant SLICE = 0x33;
    uint256 internal constant SPLIT = 0x34;
    uint256 internal constant SQUEEZE = 0x35;
    uint256 internal constant UNSQUEEZE = 0x36;
    uint256 internal constant EXPAND = 0x37;
    uint256 internal constant PAD = 0x38;
    uint256 internal constant GATHER = 0x39;
    uint256 internal constant RESIZE = 0x3a;
    uint256 internal constant CONV = 0x40;
    uint256 internal constant TRANSPOSED_CONV = 0x41;
    uint256 internal constant PRODUCT = 0x42;
    uint256 internal constant INTEGER_PRODUCT = 0x43;
    uint256 internal constant SUM = 0x44;
    uint256 internal constant GREATEST = 0x45;
    uint256 internal constant LEAST = 0x46;
    uint256 internal constant PLACE = 0x47;
    uint256 internal constant MAX_POOL = 0x48;
}
