// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IInspectionPools} from "../src/interfaces/IInspectionPools.sol";
import {RevenueVault} from "../src/RevenueVault.sol";
import {BatchOpening} from "../src/interfaces/IVerifierRegistry.sol";
import {Merkle} from "../testing/Merkle.sol";
import {HitFixture} from "../testing/HitFixture.sol";

// feed        what arrived since the last call, into the pool of the model that is named; a vault names its own
// payBatch
// ├── when neither owner nor agent of the batch's model calls          reverts
// ├── when nobody opened it, or it was paid for                        reverts
// ├── when nothing, above the cap, or more than the pool has           reverts
// └── otherwise                               pays its verifier out of that model's pool alone
contract InspectionPoolsTest is HitFixture {
    uint256 private constant CAP = DOLLAR / 4;

    uint256 private other;
    BatchOpening private opening;
    bytes32 private id;

    function setUp() public {
        deployCourt();
        openDoors();
        prepareBook();
        modelId = mintModel(OWNER, Merkle.root(bookLeaves), 5_000);
        other = mintModel(OUTSIDER, "other", 5_000);
        openAccount(HOST, SIGNER_KEY, BOND);
        licenseId = accept(HOST, modelId);
        opening = batchOpening("salt");
        id = batchId(opening);
    }

    function test_TheVaultsOfAModelFeedItsPoolAlone() public {
        RevenueVault vault = vaultOf(licenseId);
        token.mint(address(vault), 10_000);
        vault.distribute();
        vm.expectEmit(address(pools));
        emit IInspectionPools.PoolFed(modelId, 250);
        vault.payProtocol();
        eq(pools.poolOf(modelId), 250);
        eq(pools.poolOf(other), 0);
        eq(token.balanceOf(address(pools)), 250);
    }

    function test_TheOwnerPaysAVerifierForAnOpenedBatch() public {
        give(modelId, DOLLAR);
        openIt();
        uint256 before = token.balanceOf(VERIFIER);
        vm.expectEmit(address(pools));
        emit IInspectionPools.BatchPaid(id, modelId, VERIFIER, CAP);
        pay(OWNER, CAP);
        eq(token.balanceOf(VERIFIER) - before, CAP);
        eq(pools.poolOf(modelId), DOLLAR - CAP);
        eq(pools.lastPaidAt(modelId, VERIFIER, block.timestamp), block.timestamp);
        eq(pools.lastPaidAt(modelId, VERIFIER, block.timestamp - 1), 0);
        eq(pools.lastPaidAt(other, VERIFIER, block.timestamp), 0);
        require(pools.isPaid(id), "paid");
        refuse(OWNER, 1, abi.encodeWithSelector(IInspectionPools.InspectionPools_AlreadyPaid.selector, id));
    }

    function test_TheAgentPaysToo() public {
        give(modelId, DOLLAR);
        openIt();
        vm.prank(OWNER);
        models.setAgent(modelId, HOST);
        pay(HOST, 1);
        eq(pools.poolOf(modelId), DOLLAR - 1);
    }

    // F2: batches on model ids that were never minted are committed, drawn and opened. Nobody is there to pay for them.
    function test_F2_InventedModelsDrawNothing() public {
        give(modelId, 100 * DOLLAR);
        uint256 before = token.balanceOf(VERIFIER);
        for (uint256 i = 0; i < 8; ++i) {
            opening.modelId = 1_000 + i;
            id = batchId(opening);
            openIt();
            bytes memory refusal = abi.encodeWithSelector(
                IInspectionPools.InspectionPools_NotDeliverer.selector,
                opening.modelId,
                VERIFIER
            );
            refuse(VERIFIER, 1, refusal);
        }
        eq(token.balanceOf(VERIFIER), before); // the deposits, and nothing else
        eq(token.balanceOf(address(pools)), 100 * DOLLAR);
    }

    // F2: who mints a model of its own to draw on others' money finds a pool of its own, which is empty.
    function test_F2_NoOtherModelsPoolIsReachable() public {
        give(modelId, 100 * DOLLAR);
        bytes memory foreign = abi.encodeWithSelector(
            IInspectionPools.InspectionPools_NotDeliverer.selector,
            modelId,
            OUTSIDER
        );
        openIt();
        refuse(OUTSIDER, 1, foreign);
        opening.modelId = other;
        id = batchId(opening);
        openIt();
        refuse(OUTSIDER, 1, abi.encodeWithSelector(IInspectionPools.InspectionPools_InvalidAmount.selector, 1, 0));
        eq(pools.poolOf(modelId), 100 * DOLLAR);
    }

    function test_RevertWhen_TheBatchIsNotOpened() public {
        give(modelId, DOLLAR);
        bytes memory closed = abi.encodeWithSelector(IInspectionPools.InspectionPools_BatchNotOpened.selector, id);
        refuse(OWNER, 1, closed); // never committed
        commitBatch(opening);
        refuse(OWNER, 1, closed);
        drawKeys(id);
        refuse(OWNER, 1, closed);
        vm.warp(block.timestamp + 601);
        verifiers.closeBatch(id);
        refuse(OWNER, 1, closed);
    }

    function testFuzz_payBatch(uint256 money, uint256 amount) public {
        money = bound(money, 0, DOLLAR);
        amount = bound(amount, 0, DOLLAR);
        if (money != 0) give(modelId, money);
        give(other, DOLLAR);
        openIt();
        uint256 most = money < CAP ? money : CAP;
        uint256 before = token.balanceOf(VERIFIER);
        if (amount == 0 || amount > most) {
            bytes4 invalid = IInspectionPools.InspectionPools_InvalidAmount.selector;
            refuse(OWNER, amount, abi.encodeWithSelector(invalid, amount, most));
            amount = 0;
        } else {
            pay(OWNER, amount);
        }
        eq(token.balanceOf(VERIFIER) - before, amount);
        eq(pools.poolOf(modelId), money - amount);
        eq(pools.poolOf(other), DOLLAR);
    }

    /// @notice Each call counts what came since the one before, once.
    function testFuzz_feed(uint64[8] calldata amounts) public {
        uint256[2] memory fed;
        for (uint256 i = 0; i < amounts.length; ++i) {
            token.mint(address(pools), amounts[i]);
            pools.feed(i % 2 == 0 ? modelId : other);
            fed[i % 2] += amounts[i];
        }
        eq(pools.poolOf(modelId), fed[0]);
        eq(pools.poolOf(other), fed[1]);
        eq(token.balanceOf(address(pools)), fed[0] + fed[1]);
    }

    function give(uint256 model, uint256 amount) private {
        token.mint(address(pools), amount);
        pools.feed(model);
    }

    function openIt() private {
        commitBatch(opening);
        drawKeys(id);
        vm.prank(VERIFIER);
        verifiers.openBatch(opening);
    }

    function pay(address by, uint256 amount) private {
        BatchOpening memory shown = opening;
        vm.prank(by);
        pools.payBatch(VERIFIER, shown, amount);
    }

    function refuse(address by, uint256 amount, bytes memory refusal) private {
        BatchOpening memory shown = opening;
        vm.expectRevert(refusal);
        vm.prank(by);
        pools.payBatch(VERIFIER, shown, amount);
    }
}
