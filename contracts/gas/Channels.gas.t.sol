// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {BatchSettlement} from "../src/channels/BatchSettlement.sol";
import {ERC3009DepositCollector} from "../src/channels/ERC3009DepositCollector.sol";
import {
    BATCH_SETTLEMENT,
    ChannelConfig,
    ERC3009_DEPOSIT_COLLECTOR,
    IBatchSettlement,
    Voucher,
    VoucherClaim
} from "../src/interfaces/IBatchSettlement.sol";
import {AllowanceCollector} from "../testing/Collectors.sol";
import {Check} from "../testing/Check.sol";
import {UncheckedToken} from "../testing/UncheckedToken.sol";

interface GasVm {
    function snapshotGasLastCall(string calldata name) external returns (uint256 gas);
}

/// @notice Channel rows as x402's published snapshot has them: gas of the call alone, not of a transaction; a token
/// that checks no
/// signature; what the test itself touched before (the deposit of a channel that is then claimed) is warm.
contract ChannelGasTest is Check {
    uint256 private constant SESSION_KEY = 0x5e55;
    address private constant PAYER = address(0xBABE);
    address private constant RECEIVER = address(0x7ece17e7);
    address private constant AUTHORIZER = address(0xAA);
    uint128 private constant DEPOSIT = 1_000e6;
    uint128 private constant CHARGE = 100e6;

    IBatchSettlement private constant channels = IBatchSettlement(BATCH_SETTLEMENT);
    AllowanceCollector private collector;
    UncheckedToken private token;

    function setUp() public {
        vm.warp(1_000_000);
        vm.etch(BATCH_SETTLEMENT, address(new BatchSettlement()).code);
        vm.etch(ERC3009_DEPOSIT_COLLECTOR, address(new ERC3009DepositCollector()).code);
        collector = new AllowanceCollector();
        token = new UncheckedToken();
        token.mint(PAYER, 1e12);
        vm.prank(PAYER);
        token.approve(address(collector), type(uint256).max);
    }

    function test_Deposit() public {
        bytes memory data = abi.encode(uint256(0), type(uint256).max, uint256(7), new bytes(64));
        ChannelConfig memory config = configOf(0);
        vm.prank(PAYER);
        channels.deposit(config, DEPOSIT, ERC3009_DEPOSIT_COLLECTOR, data);
        snapshot("deposit");
    }

    function test_CollectOne() public {
        VoucherClaim[] memory rows = opened(1);
        vm.prank(AUTHORIZER);
        channels.claim(rows);
        snapshot("collect1");
    }

    function test_CollectTen() public {
        VoucherClaim[] memory rows = opened(10);
        vm.prank(AUTHORIZER);
        channels.claim(rows);
        snapshot("collect10");
    }

    function test_Settle() public {
        VoucherClaim[] memory rows = opened(1);
        vm.prank(AUTHORIZER);
        channels.claim(rows);
        channels.settle(RECEIVER, address(token));
        snapshot("settle");
    }

    /// @dev Channels with a deposit each, and a voucher of each.
    function opened(uint256 count) private returns (VoucherClaim[] memory rows) {
        rows = new VoucherClaim[](count);
        for (uint256 i = 0; i < count; ++i) {
            ChannelConfig memory config = configOf(bytes32(i + 1));
            bytes32 digest = channels.getVoucherDigest(channels.getChannelId(config), CHARGE);
            (uint8 v, bytes32 r, bytes32 s) = vm.sign(SESSION_KEY, digest);
            vm.prank(PAYER);
            channels.deposit(config, DEPOSIT, address(collector), "");
            rows[i] = VoucherClaim(Voucher(config, CHARGE), abi.encodePacked(r, s, v), CHARGE);
        }
    }

    function configOf(bytes32 salt) private view returns (ChannelConfig memory) {
        return ChannelConfig(PAYER, vm.addr(SESSION_KEY), RECEIVER, AUTHORIZER, address(token), 1 hours, salt);
    }

    function snapshot(string memory name) private {
        GasVm(address(vm)).snapshotGasLastCall(name);
    }
}
